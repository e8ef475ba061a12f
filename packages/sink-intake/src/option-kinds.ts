import type { OptionKinds } from "@activity/core/options";
import type { CliClientOptions } from "./cli-client.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import type { TelemetryCommandOptions } from "./telemetry-command.ts";

/** What a CLI says of its intake; the rest is its own. */
export const intakeKinds: OptionKinds<CliClientOptions["intake"]> = {
  url: "needed string",
  writeKey: "secret string",
  auth: "secret object",
  mode: "string",
  directory: "string",
  fetch: "function",
  gzip: "number boolean",
  attemptMs: "number",
  maxInFlight: "number",
  lingerMs: "number",
  retry: "object",
  maxAgeMs: "number",
  importanceOf: "function",
};

/** Of `intakeSink`. */
export const sinkKinds: OptionKinds<IntakeSinkOptions> = {
  ...intakeKinds,
  app: "string",
  onProblem: "function",
  env: "object",
  clock: "object",
};

/** Of `createCliClient` and `runTelemetryCommand`: a program may give both the same object. */
export const cliKinds: OptionKinds<TelemetryCommandOptions> = {
  app: "needed string",
  version: "string",
  intake: "needed object",
  notice: "string",
  variable: "string",
  metrics: "boolean",
  longLived: "boolean",
  flusher: "boolean string",
  env: "object",
  terminal: "object",
  clock: "object",
  isDev: "boolean",
  attributes: "object",
  context: "function",
  catalog: "object",
  catalogCheck: "string",
  beforeRecord: "function",
  sample: "number function",
  maxEventBytes: "number",
  onProblem: "function",
  strict: "boolean",
  createId: "function",
  print: "function",
  printError: "function",
  flushMs: "number",
};
