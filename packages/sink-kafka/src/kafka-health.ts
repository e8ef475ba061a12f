import type { LedgerSnapshot, Reason, Store } from "@activity/core";
import type { KafkaCounts } from "./kafka-tally.ts";
import type { KafkaTransport } from "./kafka-transport.ts";

/** The counters of a Kafka sink: those of every sink, and those of its sends. */
export interface KafkaStats extends LedgerSnapshot, KafkaCounts {
  /** Bytes of the events that wait or are in flight. */
  readonly pendingBytes: number;
}

/** How a Kafka sink is, for a readiness check or a page. */
export interface KafkaHealth {
  /**
   * `idle`: nothing was sent yet · `up`: the last send to every topic was acknowledged · `degraded`: to some it failed ·
   * `down`: to all of them · `closed`
   */
  readonly status: "idle" | "up" | "degraded" | "down" | "closed";
  /** Every topic that was sent to, and why its last send failed where it did. */
  readonly topics: Readonly<Record<string, { readonly up: boolean; readonly reason?: Reason }>>;
  /** Events waiting or in flight. */
  readonly pending: number;
  /** How full the store is, from 0 to 1; a little more while it is being relieved. */
  readonly filled: number;
}

/** What health is seen by. */
export interface HealthPort {
  readonly transport: KafkaTransport;
  readonly store: Store;
  readonly ledger: LedgerSnapshot;
  readonly closed: boolean;
}

export function kafkaStats({ transport, store, ledger }: HealthPort): KafkaStats {
  // A store that is closed keeps what it could not give away, and nothing of it is pending.
  const pendingBytes = ledger.pending === 0 ? 0 : store.usage.bytes;
  return { ...ledger, ...transport.counts(), pendingBytes };
}

export function kafkaHealth({ transport, store, ledger, closed }: HealthPort): KafkaHealth {
  const topics = [...transport.topics].map(
    ([topic, reason]) => [topic, reason === undefined ? { up: true } : { up: false, reason }] as const,
  );
  const { usage, capacity } = store;
  return {
    status: closed ? "closed" : statusOf(topics.map(([, { up }]) => up)),
    topics: Object.fromEntries(topics),
    pending: ledger.pending,
    filled: Math.max(usage.events / capacity.events, usage.bytes / capacity.bytes),
  };
}

function statusOf(ups: readonly boolean[]): KafkaHealth["status"] {
  if (ups.length === 0) return "idle";
  if (ups.every((up) => up)) return "up";
  return ups.some((up) => up) ? "degraded" : "down";
}
