/** One failover: a steady load, a broker that is killed at a random moment, and what is in the topic afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ActivityEvent } from "@activity/core";
import { createEvent } from "@activity/core";
import type { KafkaCluster, KafkaTopicRecord } from "../../e2e/support/kafka-cluster.ts";
import type { FailoverTarget, FailoverWriter } from "./failover-writer.ts";
import { commonOnWire, sampleCalls } from "./sample-events.ts";

export interface FailoverPlan {
  readonly name: string;
  readonly events: number;
  readonly eventsASecond: number;
  readonly keyed: boolean;
  /** Whether the killed broker comes back while events are still written. */
  readonly restart: boolean;
}

export interface FailoverResult {
  readonly acknowledged: number;
  /** Acknowledged, and not in the topic. */
  readonly missing: number;
  /** Records beyond the first of the same event. */
  readonly repeats: number;
  /** With keys: events that come after a later one of their key. */
  readonly outOfOrder: number;
  /** Which broker was killed, and after how many milliseconds of load. */
  readonly victim: number;
  readonly killedAtMs: number;
  /** The longest wait for an acknowledgement. */
  readonly slowestMs: number;
}

const tickMs = 20;
const partitions = 12;
const keys = 240;
const restartAfterMs = 2_000;
/** A new leader shows what was acknowledged as soon as it knows that others have it: the topic is read again. */
const maxReads = 10;
const calls = sampleCalls(1_000, 7);

/** Runs a plan over a topic of its own. Every broker runs before and after. */
export async function runFailover(
  cluster: KafkaCluster,
  plan: FailoverPlan,
  open: (target: FailoverTarget) => FailoverWriter | Promise<FailoverWriter>,
): Promise<FailoverResult> {
  await cluster.createTopic(plan.name, partitions);
  const keyBy = plan.keyed ? "key" : undefined;
  const writer = await open({ brokers: cluster.brokers, topic: plan.name, keyBy });
  const durationMs = (plan.events / plan.eventsASecond) * 1_000;
  const disaster = chooseDisaster(cluster, durationMs);
  const [{ acknowledged, slowestMs }] = await Promise.all([
    applyLoad(writer, plan),
    cause(cluster, disaster, plan.restart),
  ]);
  await writer.close();
  const { records, missing } = await findAll(cluster, plan.name, acknowledged);
  await cluster.nodes[disaster.victim]?.start();
  const numbers = records.map(numberOf);
  return {
    ...disaster,
    acknowledged: acknowledged.size,
    missing,
    repeats: records.length - new Set(numbers).size,
    outOfOrder: plan.keyed ? countOutOfOrder(records) : 0,
    slowestMs,
  };
}

interface Disaster {
  readonly victim: number;
  readonly killedAtMs: number;
}

/** Any broker, at any moment of the load but its first and last seconds. */
function chooseDisaster({ nodes }: KafkaCluster, durationMs: number): Disaster {
  return {
    victim: Math.floor(Math.random() * nodes.length),
    killedAtMs: durationMs * (0.15 + 0.6 * Math.random()),
  };
}

async function cause(cluster: KafkaCluster, disaster: Disaster, restart: boolean): Promise<void> {
  const node = cluster.nodes[disaster.victim];
  await sleep(disaster.killedAtMs);
  await node?.kill("SIGKILL");
  if (!restart) return;
  await sleep(restartAfterMs);
  await node?.start();
}

interface Acknowledged {
  readonly acknowledged: ReadonlySet<number>;
  readonly slowestMs: number;
}

/** Writes at a steady pace, whatever becomes of it, and waits for every answer. */
async function applyLoad(
  writer: FailoverWriter,
  { events, eventsASecond }: FailoverPlan,
): Promise<Acknowledged> {
  const acknowledged = new Set<number>();
  const writes: Promise<void>[] = [];
  let slowestMs = 0;
  const startedAt = performance.now();
  for (let written = 0; written < events; ) {
    const due = Math.min(events, Math.floor(((performance.now() - startedAt) * eventsASecond) / 1_000));
    if (due > written) {
      const batch = Array.from({ length: due - written }, (_, index) => eventOf(written + index + 1));
      written = due;
      const writtenAt = performance.now();
      const write = writer.write(batch).then((taken) => {
        slowestMs = Math.max(slowestMs, performance.now() - writtenAt);
        for (const event of taken) acknowledged.add(numberOf({ value: event.text }));
      });
      writes.push(write);
    }
    await sleep(tickMs);
  }
  await Promise.all(writes);
  return { acknowledged, slowestMs };
}

function eventOf(n: number): ActivityEvent {
  const { name, attributes } = calls[n % calls.length] ?? { name: "login_start", attributes: {} };
  return createEvent({
    type: "behavioral",
    name,
    id: `load.${n}`,
    attributes: { ...commonOnWire, ...attributes, key: `k-${n % keys}` },
  });
}

function numberOf({ value }: { readonly value: string }): number {
  return Number(/"event_id":"load\.(\d+)"/.exec(value)?.[1]);
}

async function findAll(
  cluster: KafkaCluster,
  topic: string,
  wanted: ReadonlySet<number>,
): Promise<{ readonly records: readonly KafkaTopicRecord[]; readonly missing: number }> {
  for (let reads = 1; ; reads++) {
    const records = await cluster.readTopic(topic);
    const found = new Set(records.map(numberOf));
    const missing = [...wanted].filter((n) => !found.has(n)).length;
    if (missing === 0 || reads === maxReads) return { records, missing };
    await sleep(1_000);
  }
}

/** Of each key, in the order of its partition: events that first appear after a later one. */
function countOutOfOrder(records: readonly KafkaTopicRecord[]): number {
  const seen = new Set<number>();
  const latest = new Map<string, number>();
  let count = 0;
  for (const record of records) {
    const n = numberOf(record);
    if (seen.has(n)) continue;
    seen.add(n);
    const before = latest.get(record.key ?? "") ?? 0;
    if (n < before) count++;
    else latest.set(record.key ?? "", n);
  }
  return count;
}
