/** What a service needs to write its events to Kafka; the client and the small sinks come from core. */
export type {
  ActivityEvent,
  Attributes,
  Client,
  ClientOptions,
  ClientStats,
  Clock,
  ConsoleSinkOptions,
  DropReason,
  FilterSink,
  Importance,
  LedgerSnapshot,
  MemorySink,
  OutboxOptions,
  Problem,
  ProblemHandler,
  Reason,
  RetryOptions,
  Service,
  Sink,
  Store,
  TimeoutOptions,
  Transport,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
export {
  ActivityError,
  consoleSink,
  createEvent,
  fanOut,
  filter,
  memorySink,
  noopSink,
  parseEvent,
  parseEventText,
} from "@activity/core";
export { addAttributes, createClient, runWithAttributes } from "@activity/core/node";
export type { KeyBy } from "./event-key.ts";
export type {
  KafkaAcknowledgement,
  KafkaAnswer,
  KafkaDriver,
  KafkaFailure,
  KafkaFailureKind,
  KafkaRecord,
} from "./kafka-driver.ts";
export type { KafkaSinkOptions } from "./kafka-sink.ts";
export { kafkaSink } from "./kafka-sink.ts";
export type { KafkaTopics } from "./kafka-topics.ts";
export type { KafkaTransportOptions } from "./kafka-transport.ts";
export { kafkaTransport } from "./kafka-transport.ts";
export type { KafkaCompression } from "./kafkajs-codec.ts";
export type { KafkajsDriverOptions, KafkaSasl, KafkaTls } from "./kafkajs-driver.ts";
export { kafkajsDriver } from "./kafkajs-driver.ts";
export type { KafkaHeaders } from "./to-records.ts";
