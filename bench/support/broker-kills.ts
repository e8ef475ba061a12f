/** Services with a spool that are killed: is everything that they had recorded in the topic afterwards? */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit } from "@activity/core";
import type { KafkaBroker } from "../../e2e/support/kafka-broker.ts";
import { startService } from "./broker-child.ts";

export interface KillResult {
  readonly kills: number;
  /** Events of which the killed services had said that they are recorded. */
  readonly recorded: number;
  readonly lost: number;
  readonly repeats: number;
}

/** Events of each service at the least. */
const waiting = 1_000;

/** While Kafka is away: each service records 1,000 events and is killed; one that comes after Kafka is back sends all. */
export async function killWhileAway(broker: KafkaBroker, kills: number): Promise<KillResult> {
  return withSpool(broker, "killed-away", async (environment) => {
    await broker.kill("SIGKILL");
    for (let kill = 0; kill < kills; kill++) {
      const service = startService(broker, { ...environment, EVENTS: String(waiting) });
      await service.recorded(waiting);
      await service.kill();
    }
    await broker.restart();
    return Array.from({ length: kills }, () => waiting);
  });
}

/** Under load, with Kafka there. */
export async function killUnderLoad(broker: KafkaBroker, kills: number): Promise<KillResult> {
  return withSpool(broker, "killed-under-load", async (environment) => {
    const recorded: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const service = startService(broker, environment);
      await service.recorded(waiting * (1 + kill));
      await service.kill();
      // What it took over from the one before is not its own.
      recorded.push(service.state().ledger.recorded);
    }
    return recorded;
  });
}

async function withSpool(
  broker: KafkaBroker,
  topic: string,
  kill: (environment: Readonly<Record<string, string>>) => Promise<readonly number[]>,
): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), "activity-soak-"));
  const environment = { TOPIC: topic, SPOOL: folder, EVENTS_A_SECOND: "5000" };
  try {
    await broker.createTopic(topic, 6);
    const recorded = await kill(environment);
    const heir = startService(broker, { ...environment, EVENTS: "1" });
    await heir.recorded(1);
    const { ledger } = await heir.stop();
    if (ledger.pending + ledger.handedOver > 0) throw new Error(`the heir left ${JSON.stringify(ledger)}`);
    const { sources, duplicated } = await audit(
      (await broker.readTopic(topic)).map(({ value }) => JSON.parse(value)),
    );
    const arrived = sources.map((source) => source.arrived).sort((a, b) => b - a);
    // Of each killed service at least as many as it had said, and no gap before its last.
    const gaps = sources.reduce((sum, source) => sum + source.lost, 0);
    const tails = recorded.toSorted((a, b) => b - a).map((count, index) => count - (arrived[index] ?? 0));
    const cut = tails.reduce((sum, missing) => sum + Math.max(0, missing), 0);
    return {
      kills: recorded.length,
      recorded: recorded.reduce((sum, count) => sum + count, 0),
      lost: gaps + cut,
      repeats: duplicated,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
