export type { AckLevel, LedgerSnapshot, Sink } from "@activity/core";
export { ActivityError, memorySink } from "@activity/core";
export type { FileSinkOptions } from "@activity/spool";
export { fileSink } from "@activity/spool";
export type { Intake, IntakeOptions } from "./create-intake.ts";
export { createIntake } from "./create-intake.ts";
export type { IntakeEnvironment, IntakeSettings } from "./intake-settings.ts";
export { readSettings } from "./intake-settings.ts";
export { runCommand } from "./run-command.ts";
