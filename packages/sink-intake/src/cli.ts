/** For short commands: the client alone. What sends is loaded when a command has a reason to send by itself. */
export type {
  ActivityEvent,
  Attributes,
  Client,
  ClientOptions,
  ClientStats,
  EventDraft,
  EventProblem,
  LedgerSnapshot,
  Problem,
  ProblemHandler,
  Sink,
} from "@activity/core";
export { ActivityError } from "@activity/core";
export { addAttributes, runWithAttributes } from "@activity/core/node";
export type { CliClient, CliClientOptions } from "./cli-client.ts";
export type { IntakeAuth } from "./intake-auth.ts";
export { createCliClient } from "./light-cli-client.ts";
export type { Terminal } from "./notice.ts";
