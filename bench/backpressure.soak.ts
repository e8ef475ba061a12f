/**
 * Takes Kafka away from an intake at full load, for five minutes (`--minutes N`), and gives it back: what does not fit
 * into the spool is refused with 503 and Retry-After, memory stays flat, and everything that got a 2xx is in the topic
 * in the end. Then bodies that burst when they are read.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  killIntakes,
  launchIntake,
  runCommand,
  scratchFolder,
} from "../e2e/intake/support/intake-process.ts";
import { startLoad } from "../e2e/intake/support/load.ts";
import { startKafka } from "../e2e/support/kafka-broker.ts";
import type { Bomb } from "./support/bombs.ts";
import { honestBodies, makeBombs } from "./support/bombs.ts";
import { spreadOf } from "./support/measure.ts";
import { createReport } from "./support/report.ts";
import { untilFlat, watchRss } from "./support/rss-watch.ts";

const report = createReport({ kind: "soak", name: "backpressure" });
const at = process.argv.indexOf("--minutes");
const minutes = at < 0 ? 5 : Number(process.argv[at + 1]);
const mebibyte = 1_048_576;
const roundMs = 15_000;
const boundMs = 300_000;

try {
  await takeKafkaAway();
  await throwBombs();
} finally {
  killIntakes();
}
report.end();

async function takeKafkaAway(): Promise<void> {
  const folder = scratchFolder();
  const kafka = await startKafka();
  try {
    await kafka.createTopic("events", 6);
    const environment = { KAFKA_BROKERS: kafka.brokers.join(","), ACTIVITY_DATA_DIR: folder.path };
    const intake = await launchIntake(environment);
    const load = startLoad({ url: intake.url, name: "load", clients: 16, batch: 100, refused: "again" });
    const baseline = await untilFlat(intake.rssBytes, () => sleep(roundMs));
    const confirmedHealthy = load.confirmed.size;

    const refusedBefore = load.statuses.get(503) ?? 0;
    await kafka.kill("SIGKILL");
    const down = watchRss(intake.rssBytes);
    await sleep(minutes * 60_000);
    await down.stop();
    const refused = (load.statuses.get(503) ?? 0) - refusedBefore;
    const confirmedDown = load.confirmed.size - confirmedHealthy;

    await kafka.restart();
    const restarted = performance.now();
    await until(() => load.confirmed.size > confirmedHealthy + confirmedDown);
    report.figure("seconds_to_recover", (performance.now() - restarted) / 1_000);
    load.stop();
    await load.done;
    await until(async () => (await ledgerOf(intake.page)).pending === 0);
    const exitCode = await intake.end("SIGTERM");

    const audit = await runCommand(environment, ["audit", "--kafka", "--json"]);
    if (!audit.stdout.startsWith("{")) throw new Error(`the audit failed (${audit.code}): ${audit.output}`);
    const audited = JSON.parse(audit.stdout);
    report.note(
      `healthy: ${confirmedHealthy} events, at most ${mib(baseline)} MiB; down: ${confirmedDown} more into the spool, ${refused} × 503, at most ${mib(Math.max(...down.samples))} MiB; last quarter ${mib(spreadOf(down.samples.slice(-down.samples.length / 4)).median)} MiB`,
    );
    report.note(
      `answers by status: ${JSON.stringify(Object.fromEntries(load.statuses))}; exit code ${exitCode}`,
    );
    report.figure("minutes", minutes);
    report.figure("refused_with_503", refused);
    report.figure("refused_without_retry_after", load.withoutRetryAfter);
    report.figure("sink_down_rss_growth_mb", (Math.max(...down.samples) - baseline) / mebibyte);
    report.figure("confirmed_events", load.confirmed.size);
    report.figure("confirmed_but_missing", Math.max(0, load.confirmed.size - distinct(audited)));
    report.figure("missing_numbers", audited.report.lost);
    // Kafka had them when it was killed, and could not say so any more: they were written again under their old ids.
    report.figure("repeats_in_topic", audited.report.duplicated);
  } finally {
    killIntakes();
    await kafka.stop();
    folder.remove();
  }
}

async function throwBombs(): Promise<void> {
  const folder = scratchFolder();
  try {
    const intake = await launchIntake({ ACTIVITY_DATA_DIR: folder.path });
    // What honest bodies of the largest size cost is there before: what bombs add to it is the figure.
    const baseline = await untilFlat(intake.rssBytes, () => bombard(intake.url, honestBodies()));
    const during = watchRss(intake.rssBytes);
    const statuses = await bombard(intake.url, makeBombs());
    await during.stop();
    for (const [name, counts] of statuses)
      report.note(`${name}: ${JSON.stringify(Object.fromEntries(counts))}`);
    report.note(
      `with honest bodies of 1 MiB at most ${mib(baseline)} MiB, with bombs at most ${mib(Math.max(...during.samples))} MiB`,
    );
    report.figure(
      "bombs",
      [...statuses.values()].reduce((sum, counts) => sum + total(counts), 0),
    );
    report.figure("bomb_rss_growth_mb", (Math.max(...during.samples) - baseline) / mebibyte);
  } finally {
    killIntakes();
    folder.remove();
  }
}

async function bombard(
  url: string,
  bombs: readonly Bomb[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const statuses = new Map<string, Map<number, number>>();
  const deadline = performance.now() + roundMs;
  const thrower = async ({ name, send }: Bomb): Promise<void> => {
    const counts = new Map<number, number>();
    statuses.set(name, counts);
    while (performance.now() < deadline) {
      const status = await send(url);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(bombs.map(thrower));
  return statuses;
}

async function ledgerOf(page: string): Promise<{ readonly pending: number }> {
  const { sink } = (await (await fetch(`${page}/readyz`)).json()) as { sink: { pending: number } }; // By its documentation.
  return sink;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it was not so within ${boundMs / 1_000} s`);
    await sleep(100);
  }
}

/** Events in the topic, each once. */
function distinct({
  report: { events, duplicated },
}: {
  report: { events: number; duplicated: number };
}): number {
  return events - duplicated;
}

function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function mib(bytes: number): string {
  return (bytes / mebibyte).toFixed(0);
}
