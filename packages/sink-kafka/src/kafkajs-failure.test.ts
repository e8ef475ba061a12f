import { describe, expect, it } from "@jest/globals";
import kafkajs from "kafkajs";
import type { KafkaFailureKind } from "./kafka-driver.ts";
import { toKafkaFailure } from "./kafkajs-failure.ts";

const { KafkaJSConnectionError, KafkaJSNonRetriableError } = kafkajs;

/** Makes an error as kafkajs itself does: its types do not say what its constructors take. */
function thrown(kind: new (...args: never[]) => Error, ...args: readonly unknown[]): Error {
  return Reflect.construct(kind, args);
}

function protocolError(type: string): Error {
  return new kafkajs.KafkaJSProtocolError({ name: "", message: `the broker said ${type}`, type } as never);
}

const brokerErrors: readonly (readonly [string, KafkaFailureKind])[] = [
  ["UNKNOWN_TOPIC_OR_PARTITION", "unknown_topic"],
  ["INVALID_TOPIC_EXCEPTION", "unknown_topic"],
  ["TOPIC_AUTHORIZATION_FAILED", "forbidden"],
  ["SASL_AUTHENTICATION_FAILED", "credentials"],
  ["UNSUPPORTED_COMPRESSION_TYPE", "unsupported"],
  ["MESSAGE_TOO_LARGE", "too_large"],
  ["RECORD_LIST_TOO_LARGE", "too_large"],
  ["INVALID_RECORD", "invalid"],
  ["NOT_LEADER_FOR_PARTITION", "partition"],
  ["NOT_ENOUGH_REPLICAS", "partition"],
  ["KAFKA_STORAGE_ERROR", "partition"],
  ["SOMETHING_OF_THE_YEAR_2040", "partition"],
];

describe("toKafkaFailure", () => {
  it.each(brokerErrors)("reads the broker's %s", (type, kind) => {
    const { kind: read, reason } = toKafkaFailure(protocolError(type));
    expect([read, reason.code]).toEqual([kind, type.toLowerCase()]);
  });

  it("finds the broker's error inside those that kafkajs wraps round it", () => {
    const inner = protocolError("MESSAGE_TOO_LARGE");
    expect(toKafkaFailure(thrown(KafkaJSNonRetriableError, "failed", { cause: inner })).kind).toBe(
      "too_large",
    );
    const exceeded = thrown(kafkajs.KafkaJSNumberOfRetriesExceeded, inner, { retryCount: 0, retryTime: 1 });
    expect(toKafkaFailure(exceeded).kind).toBe("too_large");
  });

  it("takes a broker that is down for that, although kafkajs calls it non-retriable", () => {
    const down = new KafkaJSConnectionError("Connection error: connect ECONNREFUSED");
    for (const error of [
      down,
      thrown(KafkaJSNonRetriableError, "down", { cause: down }),
      new KafkaJSNonRetriableError("x"),
    ])
      expect(toKafkaFailure(error).kind).toBe("unavailable");
  });

  it("says of a port that closes or never answers what it may be instead of a Kafka", () => {
    const why = "it goes away, is no listener of Kafka, or wants ssl";
    // kafkajs exports no type for it.
    const closed = Object.assign(thrown(KafkaJSConnectionError, "Closed connection", { broker: "one:80" }), {
      name: "KafkaJSConnectionClosedError",
    });
    const detail = `one:80 closed the connection: ${why}`;
    const exceeded = thrown(kafkajs.KafkaJSNumberOfRetriesExceeded, closed, { retryCount: 0, retryTime: 1 });
    for (const error of [closed, exceeded])
      expect(toKafkaFailure(error)).toEqual({ kind: "unavailable", reason: { code: "unreachable", detail } });
    const timeout = (request: string): Error =>
      thrown(kafkajs.KafkaJSRequestTimeoutError, `Request ${request} timed out`, { broker: "one:22" });
    expect(toKafkaFailure(timeout("ApiVersions(key: 18, version: 2)")).reason.detail).toMatch(
      /^one:22 does not answer: .* no listener of Kafka/,
    );
    expect(toKafkaFailure(timeout("Produce(key: 0, version: 7)")).reason.detail).toMatch(/^Request Produce/);
  });

  it("reads a refused login", () => {
    const { kind, reason } = toKafkaFailure(thrown(kafkajs.KafkaJSSASLAuthenticationError, "SASL PLAIN: no"));
    expect([kind, reason]).toEqual([
      "credentials",
      { code: "sasl_authentication_failed", detail: "SASL PLAIN: no" },
    ]);
  });

  it.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", "certificate"],
    ["CERT_HAS_EXPIRED", "certificate"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "certificate"],
    ["ECONNRESET", "unavailable"],
    ["EPIPE", "unavailable"],
  ])("reads %s of a connection as %s", (code, kind) => {
    const error = thrown(KafkaJSConnectionError, "Connection error: no", { broker: "one:9093", code });
    expect(toKafkaFailure(thrown(KafkaJSNonRetriableError, "down", { cause: error })).kind).toBe(kind);
  });

  it.each([undefined, null, "text", 7, new TypeError("x of undefined"), { cause: null }])(
    "takes %p for temporary",
    (thrown) => {
      expect(toKafkaFailure(thrown).kind).toBe("unavailable");
    },
  );

  it("ends on errors that cause each other, and keeps the detail short", () => {
    const error = new Error("a".repeat(1_000));
    error.cause = error;
    expect(toKafkaFailure(error).reason.detail).toHaveLength(200);
  });
});
