/** One failover: a steady load, brokers that go away while it lasts, and what is in the topic afterwards. */
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
  readonly trouble: Trouble;
}

/**
 * One broker is killed at a random moment and stays dead, or comes back while events are still written; or it hangs for
 * long enough that the others replace it, and goes on as if nothing had been; or each is asked to end and started again,
 * one after the other, as an operator would.
 */
export type Trouble = "stays dead" | "restarted" | "hangs" | "rolling restart";

export interface FailoverResult {
  readonly acknowledged: number;
  /** Acknowledged, and not in the topic. */
  readonly missing: number;
  /** Records beyond the first of the same event. */
  readonly repeats: number;
  /** With keys: events that come after a later one of their key. */
  readonly outOfOrder: number;
  /** What happened to which broker when. */
  readonly story: string;
  /** The longest wait for an acknowledgement. */
  readonly slowestMs: number;
}

const tickMs = 20;
const partitions = 12;
const keys = 240;
const restartAfterMs = 2_000;
/** Longer than the controller waits for a broker. */
const hangsMs = 10_000;
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
  const [{ acknowledged, slowestMs }, story] = await Promise.all([
    applyLoad(writer, plan),
    cause(cluster, plan),
  ]);
  await writer.close();
  const { records, missing } = await findAll(cluster, plan.name, acknowledged);
  await cluster.nodes[story.dead ?? -1]?.start();
  const numbers = records.map(numberOf);
  return {
    story: story.text,
    acknowledged: acknowledged.size,
    missing,
    repeats: records.length - new Set(numbers).size,
    outOfOrder: plan.keyed ? countOutOfOrder(records) : 0,
    slowestMs,
  };
}

interface Story {
  readonly text: string;
  /** The broker that was left dead. */
  readonly dead?: number;
}

async function cause(cluster: KafkaCluster, plan: FailoverPlan): Promise<Story> {
  if (plan.trouble === "rolling restart") return restartAll(cluster);
  const { nodes } = cluster;
  const victim = Math.floor(Math.random() * nodes.length);
  // Any moment of the load but its first and last seconds.
  const killedAfterMs = (plan.events / plan.eventsASecond) * 1_000 * (0.15 + 0.6 * Math.random());
  await sleep(killedAfterMs);
  const when = `after ${(killedAfterMs / 1_000).toFixed(1)} s`;
  if (plan.trouble === "hangs") {
    await nodes[victim]?.kill("SIGSTOP");
    await sleep(hangsMs);
    await nodes[victim]?.kill("SIGCONT");
    return { text: `broker ${victim + 1} hung ${when}, for ${hangsMs / 1_000} s` };
  }
  await nodes[victim]?.kill("SIGKILL");
  const text = `broker ${victim + 1} killed ${when}`;
  if (plan.trouble === "stays dead") return { text, dead: victim };
  await sleep(restartAfterMs);
  await nodes[victim]?.start();
  return { text };
}

async function restartAll({ nodes }: KafkaCluster): Promise<Story> {
  const startedAt = performance.now();
  for (const node of nodes) {
    await sleep(restartAfterMs);
    await node.kill("SIGTERM");
    await node.start();
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  return { text: `${nodes.length} brokers restarted within ${seconds} s` };
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
