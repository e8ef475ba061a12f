export type {
  AckLevel,
  ActivityEvent,
  Clock,
  JsonValue,
  LedgerSnapshot,
  MemorySink,
  Reason,
  RefusalCode,
  Sink,
  WriteException,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
export { ActivityError, consoleSink, fanOut, filter, memorySink, noopSink } from "@activity/core";
export type { ProxyAnswer } from "./answer.ts";
export type { AnsweredRequest, AnswerHandler, RejectedEvent } from "./answered-request.ts";
export type { EventProxy } from "./create-proxy.ts";
export { createProxy } from "./create-proxy.ts";
export type {
  Consent,
  DedupeOptions,
  Principal,
  ProxyLimits,
  ProxyOptions,
  Stamp,
} from "./proxy-options.ts";
export { proxyLimits } from "./proxy-options.ts";
export type { ProxyProblem, ProxyProblemHandler } from "./proxy-problem.ts";
export type { RateLimit } from "./rate-limiter.ts";
export type { BodyDecoder, ProxyRequest, RequestBody } from "./request.ts";
export { BodyTooLarge } from "./request.ts";
export type { WebRequest, WebResponse } from "./web-request.ts";
