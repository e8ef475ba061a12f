import type { OutboxOptions, Sink, Store } from "@activity/core";
import { ActivityError, createMemoryStore, createOutbox, defaultLimits } from "@activity/core";
import type { KafkaTransportOptions } from "./kafka-transport.ts";
import { kafkaTransport } from "./kafka-transport.ts";
import type { KafkajsDriverOptions } from "./kafkajs-driver.ts";
import { kafkajsDriver } from "./kafkajs-driver.ts";

/** Options of {@link kafkaSink}: where to write, how to route and key, and what waits how long. */
export interface KafkaSinkOptions extends KafkajsDriverOptions, KafkaTransportOptions, OutboxOptions {
  /**
   * Where events wait until Kafka has them: memory, or a store of your own such as a spool, from which they arrive even
   * when the process was killed. @defaultValue "memory"
   */
  readonly store?: "memory" | Store | undefined;
  /** What memory holds at most; above it the oldest of the least important go. @defaultValue 100,000 events, 64 MiB */
  readonly memory?:
    | { readonly maxEvents?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
  /** How long an event may wait for others, in milliseconds. @defaultValue 20 */
  readonly lingerMs?: number | undefined;
  /** How long an event may wait for Kafka before it is dropped as `expired`. @defaultValue 5 min; none with a store that survives */
  readonly maxAgeMs?: number | undefined;
}

/**
 * Writes events to Kafka. Each arrives at least once while the process lives (with a store that survives: and after it),
 * up to `maxAgeMs`; a repeat keeps its `event_id`. It connects when there is something to send, so a service starts
 * while Kafka is down and its events flow when Kafka is up. `close` takes 5 s at most unless told otherwise, and leaves
 * no socket; what memory still holds then is counted as dropped (`closed`).
 *
 * @throws INVALID_OPTION when an option is unusable, or this Node lacks the compression.
 */
export function kafkaSink(options: KafkaSinkOptions): Sink {
  const { clock, lingerMs = defaultLimits.kafkaBatch.lingerMs } = options;
  if (!(lingerMs >= 0))
    throw new ActivityError("INVALID_OPTION", `lingerMs is ${lingerMs}; 0 or more is allowed`);
  const store =
    options.store === undefined || options.store === "memory" ? memoryStore(options) : options.store;
  const maxAgeMs = options.maxAgeMs ?? (store.survives ? undefined : defaultLimits.kafkaDeliveryMs);
  const transport = kafkaTransport(kafkajsDriver(options), options);
  const outbox = createOutbox(transport, store, { ...outboxOptions(options), clock, lingerMs, maxAgeMs });
  return {
    record: (event) => outbox.record(event),
    write: (events, writeOptions) => outbox.write(events, writeOptions),
    flush: (timeout) => outbox.flush(timeout),
    close: ({ timeoutMs = defaultLimits.kafkaCloseMs } = {}) => outbox.close({ timeoutMs }),
    stats: () => outbox.stats(),
    get onProblem() {
      return outbox.onProblem;
    },
    set onProblem(handler) {
      outbox.onProblem = handler;
    },
  };
}

function memoryStore({ memory = {}, clock }: KafkaSinkOptions): Store {
  const { events, bytes } = defaultLimits.kafkaMemoryStore;
  const { maxEvents = events, maxBytes = bytes } = memory;
  return createMemoryStore({ maxEvents, maxBytes, lease: defaultLimits.kafkaBatch, clock });
}

function outboxOptions(options: KafkaSinkOptions): OutboxOptions {
  const { retry = defaultLimits.kafkaRetry, importanceOf, announceDrops, onProblem } = options;
  return { retry, importanceOf, announceDrops, onProblem };
}
