export type { AuditReport, MissingRange, SourceAudit } from "./audit/audit.ts";
export { audit } from "./audit/audit.ts";
export type { StoredEvent } from "./audit/read-event.ts";
export type { AnyCatalog, OpenCatalog } from "./catalog/catalog-types.ts";
export type { Client, ClientOptions, ClientStats, EventDraft, Service } from "./client/client.ts";
export { createClient } from "./client/create-client.ts";
export { createId } from "./client/create-id.ts";
export { systemClock } from "./clock.ts";
export { attributeKeys, reservedKeys } from "./constants/attribute-keys.ts";
export { eventNames } from "./constants/event-names.ts";
export type { KnownEventType } from "./constants/event-types.ts";
export { eventTypes } from "./constants/event-types.ts";
export type { AcceptedAnswer, AnsweredProblem, HttpLimits } from "./contract/http-contract.ts";
export { batchIdPattern, httpContract, httpLimits, receiptPrefix } from "./contract/http-contract.ts";
export type { HttpAnswer } from "./contract/http-verdict.ts";
export { toHttpVerdict } from "./contract/http-verdict.ts";
export type { RefusalCode } from "./contract/refusal-codes.ts";
export { refusalCodes } from "./contract/refusal-codes.ts";
export { parseRetryAfter, waitAfterFailure } from "./contract/retry-after.ts";
export type { ActivityErrorCode, ActivityErrorOptions } from "./errors/activity-error.ts";
export { ActivityError } from "./errors/activity-error.ts";
export { brandedError } from "./errors/branded-error.ts";
export { invalidOption } from "./errors/invalid-option.ts";
export type { EventProblem, EventProblemCode, Problem, ProblemHandler } from "./errors/problem.ts";
export { eventProblemCodes } from "./errors/problem.ts";
export { guardHandler, warnOnce } from "./errors/warn-once.ts";
export type {
  ActivityEvent,
  Attributes,
  Envelope,
  EventObject,
  JsonObject,
  JsonValue,
} from "./event/activity-event.ts";
export { isEvent, sourceOf } from "./event/activity-event.ts";
export type { LabelField } from "./event/check-text.ts";
export { checkLabel, quote } from "./event/check-text.ts";
export type { EventInput } from "./event/create-event.ts";
export { createEvent } from "./event/create-event.ts";
export { describeError } from "./event/describe-error.ts";
export { describeRefusal } from "./event/describe-refusal.ts";
export type { EncodedAttributes } from "./event/encode-carefully.ts";
export { encodeCarefully } from "./event/encode-carefully.ts";
export { encodeHead } from "./event/encode-event.ts";
export type { TextToScan } from "./event/event-scanner.ts";
export { EventScanner } from "./event/event-scanner.ts";
export { EventStamp } from "./event/event-stamp.ts";
export { eventTimeMs, isEventTime } from "./event/event-time.ts";
export { finishEventText } from "./event/finish-event-text.ts";
export { isRecordable } from "./event/is-recordable.ts";
export type { ParsedEvent } from "./event/parse-event.ts";
export { parseEvent, parseEventText } from "./event/parse-event.ts";
export { decodeUtf8, toUtf8, utf8Bytes } from "./event/utf8.ts";
export type { EventLimits } from "./limits.ts";
export {
  createdEventMaxAttributes,
  createdEventMaxBytes,
  createdEventMinBytes,
  defaultLimits,
  eventLimits,
  maxDepth,
  maxIdChars,
  maxNameChars,
  maxNamesListed,
  maxTypeChars,
} from "./limits.ts";
export type { RetryOptions } from "./outbox/gate.ts";
export { chooseImportance, importanceOf } from "./outbox/importance-of.ts";
export type { GrowingRange, NumberRange } from "./outbox/number-ranges.ts";
export { addNumber, parseEventId } from "./outbox/number-ranges.ts";
export { createOutbox } from "./outbox/outbox.ts";
export type { OutboxOptions } from "./outbox/outbox-options.ts";
export { checkOutboxOptions } from "./outbox/outbox-options.ts";
export type { Clock, Timer } from "./ports/clock.ts";
export type { Reason } from "./ports/reason.ts";
export type {
  AckLevel,
  DropCounts,
  DropReason,
  LateFate,
  LedgerSnapshot,
  Sink,
  SinkFate,
  TimeoutOptions,
  WriteException,
  WriteOptions,
  WriteOutcome,
} from "./ports/sink.ts";
export { dropReasons } from "./ports/sink.ts";
export type {
  Eviction,
  Importance,
  Lease,
  NumberedSource,
  Position,
  Store,
  StoreUsage,
  TakenOver,
} from "./ports/store.ts";
export { importances } from "./ports/store.ts";
export type { Batch, Transport, TransportLimits, Verdict } from "./ports/transport.ts";
export type { ConsoleSinkOptions } from "./sinks/console-sink.ts";
export { consoleSink } from "./sinks/console-sink.ts";
export { fanOut } from "./sinks/fan-out.ts";
export type { FilterSink } from "./sinks/filter.ts";
export { filter } from "./sinks/filter.ts";
export type { MemorySink } from "./sinks/memory-sink.ts";
export { memorySink } from "./sinks/memory-sink.ts";
export { noopSink } from "./sinks/noop-sink.ts";
export type { MemoryStoreOptions } from "./store/memory-store.ts";
export { createMemoryStore } from "./store/memory-store.ts";
