/** One outage of a broker under load, seen from the service and from the topic. */
import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "@activity/core";
import type { KafkaBroker } from "../../e2e/support/kafka-broker.ts";
import { startService } from "./broker-child.ts";

/** What happens to the broker: it dies, stands still, or is down when the service starts. */
export type Outage = "SIGKILL" | "SIGSTOP" | "down at start";

export interface OutagePlan {
  readonly topic: string;
  readonly outage: Outage;
  readonly seconds: number;
  readonly eventsASecond: number;
}

export interface OutageResult {
  readonly recorded: number;
  readonly delivered: number;
  readonly dropped: number;
  /** Dropped, and not told to `onProblem` or not announced in the topic. */
  readonly unreportedDrops: number;
  /** Recorded, not in the topic, and named by nobody. */
  readonly lost: number;
  /** Billing events that were given up. */
  readonly billingDropped: number;
  /** Records beyond the first of the same event. */
  readonly repeats: number;
  readonly rssBeforeMb: number;
  /** The most while the broker was away. */
  readonly rssOutageMb: number;
  /** The most when it was back and everything that waited went out at once. */
  readonly rssRecoveryMb: number;
  readonly slowestCallMs: number;
  readonly negativeTimeoutWarnings: number;
  readonly unhandledRejections: number;
  /** Lines that the service printed. */
  readonly lines: number;
}

/** Long enough to be warm, connected, and at a steady pace. */
const warmUpMs = 6_000;
const afterwardsMs = 3_000;

/** Runs a plan over a topic of its own. The broker runs before and after. */
export async function runOutage(broker: KafkaBroker, plan: OutagePlan): Promise<OutageResult> {
  await broker.createTopic(plan.topic, 6);
  if (plan.outage === "down at start") await broker.kill("SIGKILL");
  const service = startService(broker, { TOPIC: plan.topic, EVENTS_A_SECOND: String(plan.eventsASecond) });
  if (plan.outage === "down at start") await service.saidSomething();
  else await sleep(warmUpMs);
  const rssBeforeMb = service.state().rssMb;
  if (plan.outage !== "down at start") await broker.kill(plan.outage);
  await sleep(plan.seconds * 1_000);
  const rssOutageMb = service.peakMb();
  await (plan.outage === "SIGSTOP" ? broker.kill("SIGCONT") : broker.restart());
  await sleep(afterwardsMs);
  const { ledger, ...state } = await service.stop();
  const events = (await broker.readTopic(plan.topic)).map(({ value }) => JSON.parse(value) as TopicEvent);
  const { lost, announced, duplicated } = await audit(events);
  const untold = ledger.dropped - state.toldDrops;
  const unannounced = ledger.dropped - announced;
  return {
    recorded: ledger.recorded,
    delivered: ledger.delivered,
    dropped: ledger.dropped,
    unreportedDrops: Math.max(Math.abs(untold), Math.abs(unannounced)),
    lost,
    billingDropped: sumOf(events.map((event) => event.counts_by_type?.["billing"] ?? 0)),
    repeats: duplicated,
    rssBeforeMb,
    rssOutageMb,
    rssRecoveryMb: service.peakMb(),
    slowestCallMs: state.slowestCallMs,
    negativeTimeoutWarnings: state.negativeTimeoutWarnings,
    unhandledRejections: state.unhandledRejections,
    lines: service.lines(),
  };
}

interface TopicEvent {
  readonly event_id: string;
  readonly counts_by_type?: Readonly<Record<string, number>>;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
