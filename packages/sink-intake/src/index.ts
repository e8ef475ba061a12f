export type {
  ActivityEvent,
  Attributes,
  Client,
  ClientOptions,
  ClientStats,
  ConsoleSinkOptions,
  EventDraft,
  EventProblem,
  FilterSink,
  LedgerSnapshot,
  MemorySink,
  Problem,
  ProblemHandler,
  Service,
  Sink,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
export { ActivityError, consoleSink, fanOut, filter, memorySink, noopSink } from "@activity/core";
export { addAttributes, createClient, runWithAttributes } from "@activity/core/node";
export type { CliClient, CliClientOptions } from "./cli-client.ts";
export { createCliClient } from "./create-cli-client.ts";
export type { CustomAuth, IntakeAuth } from "./intake-auth.ts";
export type { IntakeSinkOptions } from "./intake-sink.ts";
export { intakeSink } from "./intake-sink.ts";
export type { IntakeTransportOptions } from "./intake-transport.ts";
export { intakeTransport } from "./intake-transport.ts";
export type { Terminal } from "./notice.ts";
export type { TelemetryCommandOptions } from "./telemetry-command.ts";
export { runTelemetryCommand } from "./telemetry-command.ts";
