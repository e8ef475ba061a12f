import type { Problem } from "../errors/problem.ts";
import { createOutbox } from "../outbox/outbox.ts";
import type { OutboxOptions } from "../outbox/outbox-options.ts";
import type { Sink } from "../ports/sink.ts";
import type { Store } from "../ports/store.ts";
import type { Batch } from "../ports/transport.ts";
import type { MemoryStoreOptions } from "../store/memory-store.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeClock } from "./fake-clock.ts";
import type { RecordingTransport, RecordingTransportOptions } from "./recording-transport.ts";
import { recordingTransport } from "./recording-transport.ts";
import { batchTexts } from "./test-batch.ts";

/** What an outbox under test is made of. */
export interface OutboxTrialOptions extends OutboxOptions {
  readonly transport?: RecordingTransportOptions | undefined;
  /** @defaultValue a memory store whose leases are as large as the transport's batches */
  readonly store?: MemoryStoreOptions | ((clock: FakeClock) => Store) | undefined;
}

/** An outbox between a recording transport and a fake clock that always throws 0.5. */
export interface OutboxTrial {
  readonly sink: Sink;
  readonly clock: FakeClock;
  readonly transport: RecordingTransport;
  readonly store: Store;
  readonly problems: readonly Problem[];
  /** Every attempt's events, see {@link labelOf}. */
  sent(): readonly (readonly string[])[];
  /** Every attempt with its time, as in `1,2 at 100`. */
  readonly seen: readonly string[];
  /** The events that arrived. */
  arrived(): readonly string[];
  /** Whether each timer that waits would let the process end. */
  unref(): readonly boolean[];
}

/** Starts an outbox for one test. */
export function startOutbox(options: OutboxTrialOptions = {}): OutboxTrial {
  const clock = fakeClock({ random: () => 0.5 });
  const transport = recordingTransport(options.transport);
  const lease = transport.limits;
  const store =
    typeof options.store === "function"
      ? options.store(clock)
      : createMemoryStore({ clock, lease, ...options.store });
  const problems: Problem[] = [];
  const onProblem = (problem: Problem): void => void problems.push(problem);
  const seen: string[] = [];
  const { send } = transport;
  transport.send = (batch, signal) => {
    seen.push(`${labelsOf(batch)} at ${clock.monotonic()}`);
    return send(batch, signal);
  };
  return {
    sink: createOutbox(transport, store, { clock, onProblem, ...options }),
    clock,
    transport,
    store,
    problems,
    seen,
    sent: () => transport.sent.map(({ texts }) => texts.map(labelOf)),
    arrived: () => transport.arrived.map(labelOf),
    unref: () => clock.pending.map(({ unref }) => unref),
  };
}

/** The short names of a batch's events, with commas between them. */
export function labelsOf(batch: Batch): string {
  return batchTexts(batch).map(labelOf).join();
}

/** A short name for an event: the number of a test event, else its name. */
export function labelOf(text: string): string {
  const { event_id: id, event_name: name } = JSON.parse(text) as { event_id: string; event_name: string }; // An event's text.
  return name.startsWith("event_") ? id.slice(id.lastIndexOf(".") + 1) : name;
}
