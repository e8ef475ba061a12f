import type { KafkaFailure, KafkaFailureKind } from "./kafka-driver.ts";
import { unknownFormat } from "./kafkajs-messages.ts";

/**
 * Broker errors by kafkajs' name for them. What is not named here is temporary: kafkajs calls even the error of a broker
 * that is down "non-retriable", so its own opinion counts for nothing.
 */
const kinds: ReadonlyMap<string, KafkaFailureKind> = new Map([
  ["UNKNOWN_TOPIC_OR_PARTITION", "unknown_topic"],
  ["INVALID_TOPIC_EXCEPTION", "unknown_topic"],
  ["TOPIC_AUTHORIZATION_FAILED", "forbidden"],
  ["CLUSTER_AUTHORIZATION_FAILED", "forbidden"],
  ["SASL_AUTHENTICATION_FAILED", "credentials"],
  ["UNSUPPORTED_SASL_MECHANISM", "credentials"],
  ["UNSUPPORTED_COMPRESSION_TYPE", "unsupported"],
  ["UNSUPPORTED_VERSION", "unsupported"],
  [unknownFormat, "unsupported"],
  ["MESSAGE_TOO_LARGE", "too_large"],
  ["RECORD_LIST_TOO_LARGE", "too_large"],
  ["INVALID_RECORD", "invalid"],
  ["INVALID_TIMESTAMP", "invalid"],
]);

/** What Node says of a certificate: OpenSSL's names for what is wrong with one, and its own. */
const certificateCode =
  /^(?:ERR_(?:TLS|SSL)_|(?:CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID_CA|HOSTNAME_MISMATCH))/;

const maxDetailChars = 200;
/** More causes than kafkajs ever nests. */
const maxDepth = 8;

/** Turns whatever kafkajs has thrown into a typed failure. */
export function toKafkaFailure(error: unknown): KafkaFailure {
  const chain = causesOf(error);
  const detail = describe(chain, error).slice(0, maxDetailChars);
  for (const { type, name, code } of chain) {
    if (typeof type === "string") {
      const kind = kinds.get(type) ?? "partition";
      return { kind, reason: { code: type.toLowerCase(), detail } };
    }
    if (name === "KafkaJSSASLAuthenticationError")
      return { kind: "credentials", reason: { code: "sasl_authentication_failed", detail } };
    if (typeof code === "string" && certificateCode.test(code))
      return { kind: "certificate", reason: { code: code.toLowerCase(), detail } };
  }
  return { kind: "unavailable", reason: { code: "unreachable", detail } };
}

/** What kafkajs says; more where it does not say what is most likely wrong at the first start. */
function describe(chain: readonly Record<string, unknown>[], error: unknown): string {
  const message = String(chain[0]?.["message"] ?? error);
  for (const { name, broker } of chain) {
    if (name === "KafkaJSConnectionClosedError")
      return `${broker} closed the connection: it goes away, is no listener of Kafka, or wants ssl`;
    if (name === "KafkaJSRequestTimeoutError" && message.startsWith("Request ApiVersions"))
      return `${broker} does not answer: it hangs, is no listener of Kafka, or wants ssl`;
  }
  return message;
}

/** An error and what it was made from: kafkajs wraps the one that says what happened. */
function causesOf(error: unknown): readonly Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = [];
  for (let one = error; isObject(one) && chain.length < maxDepth; one = one["cause"]) chain.push(one);
  return chain;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
