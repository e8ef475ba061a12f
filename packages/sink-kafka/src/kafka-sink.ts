import type { LedgerSnapshot, OutboxOptions, ProblemHandler, Sink } from "@activity/core";
import { ActivityError, createOutbox, defaultLimits } from "@activity/core";
import { checkKafkaOptions } from "./check-kafka-options.ts";
import type { HealthPort, KafkaHealth, KafkaStats } from "./kafka-health.ts";
import { kafkaHealth, kafkaStats } from "./kafka-health.ts";
import type { KafkaStoreOptions } from "./kafka-store.ts";
import { createKafkaStore } from "./kafka-store.ts";
import type { KafkaTransportOptions } from "./kafka-transport.ts";
import { kafkaTransport } from "./kafka-transport.ts";
import type { KafkajsDriverOptions } from "./kafkajs-driver.ts";
import { kafkajsDriver } from "./kafkajs-driver.ts";

/** Options of {@link kafkaSink}: where to write, how to route and key, and what waits where and how long. */
export interface KafkaSinkOptions
  extends KafkajsDriverOptions,
    KafkaTransportOptions,
    KafkaStoreOptions,
    OutboxOptions {
  /** How long an event may wait for others, in milliseconds. @defaultValue 20 */
  readonly lingerMs?: number | undefined;
  /** How long an event may wait for Kafka before it is dropped as `expired`. @defaultValue 5 min; none with a store that survives */
  readonly maxAgeMs?: number | undefined;
}

/** A sink that writes to Kafka, and says how it is. */
export interface KafkaSink extends Sink {
  stats(): KafkaStats;
  /** How it is now. Asks nobody: it tells what the last sends came to. */
  health(): KafkaHealth;
}

/**
 * Writes events to Kafka. Each arrives at least once while the process lives (with a spool: and after it), up to
 * `maxAgeMs`; a repeat keeps its `event_id`. It connects when there is something to send, so a service starts
 * while Kafka is down and its events flow when Kafka is up. `close` takes 5 s at most unless told otherwise, and leaves
 * no socket; what memory still holds then is counted as dropped (`closed`), what a spool holds as handed over.
 *
 * @throws INVALID_OPTION when an option is unusable, or the codec of the compression is missing.
 */
export function kafkaSink(options: KafkaSinkOptions): KafkaSink {
  checkKafkaOptions(options);
  const { clock, topic, lingerMs = defaultLimits.kafkaBatch.lingerMs } = options;
  if (!(lingerMs >= 0))
    throw new ActivityError("INVALID_OPTION", `lingerMs is ${lingerMs}; 0 or more is allowed`);
  const transport = kafkaTransport(kafkajsDriver(options), options);
  const told: { outbox?: Sink } = {};
  const tell: ProblemHandler = (problem) => told.outbox?.onProblem?.(problem);
  const store = createKafkaStore(options, { topic, tell });
  const maxAgeMs = options.maxAgeMs ?? (store.survives ? undefined : defaultLimits.kafkaDeliveryMs);
  const outbox = createOutbox(transport, store, { ...outboxOptions(options), clock, lingerMs, maxAgeMs });
  told.outbox = outbox;
  let closing: Promise<LedgerSnapshot> | undefined;
  const port = (): HealthPort => ({
    transport,
    store,
    ledger: outbox.stats(),
    closed: closing !== undefined,
  });
  return {
    record: (event) => outbox.record(event),
    write: (events, writeOptions) => outbox.write(events, writeOptions),
    flush: (timeout) => outbox.flush(timeout),
    close: ({ timeoutMs = defaultLimits.kafkaCloseMs } = {}) => {
      closing ??= outbox.close({ timeoutMs });
      return closing;
    },
    stats: () => kafkaStats(port()),
    discard: (reason) => outbox.discard?.(reason),
    health: () => kafkaHealth(port()),
    get onProblem() {
      return outbox.onProblem;
    },
    set onProblem(handler) {
      outbox.onProblem = handler;
    },
  };
}

function outboxOptions(options: KafkaSinkOptions): OutboxOptions {
  const { retry = defaultLimits.kafkaRetry, importanceOf, announceDrops, onProblem } = options;
  return { retry, importanceOf, announceDrops, onProblem };
}
