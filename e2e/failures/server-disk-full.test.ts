/** The disk of the intake is full: 503 while it is, and everything that got a 2xx is there, once. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "@jest/globals";
import { countIds, killIntakes, launchIntake } from "../intake/support/intake-process.ts";
import { postEvents } from "../intake/support/load.ts";
import type { SmallDisk } from "../intake/support/small-disk.ts";
import { mountSmallDisk } from "../intake/support/small-disk.ts";

let disk: SmallDisk | undefined;
afterEach(async () => {
  killIntakes();
  await disk?.remove();
  disk = undefined;
});

it.each([
  { kept: "files", environment: {} },
  { kept: "the spool, while Kafka is down", environment: { KAFKA_BROKERS: "127.0.0.1:1" } },
])("events in $kept", async ({ environment }) => {
  disk = await mountSmallDisk(524_288);
  const intake = await launchIntake({
    ...environment,
    ACTIVITY_DATA_DIR: disk.path,
    ACTIVITY_DEAD_LETTERS_MIB: "0",
  });
  const confirmed = new Set<string>();
  let n = 0;
  const send = async (): Promise<{ readonly status: number; readonly retryAfter: string | null }> => {
    const ids = Array.from({ length: 50 }, () => `full.${++n}`);
    const answer = await postEvents(intake.url, ids);
    if (answer.status === 202) for (const id of ids) confirmed.add(id);
    return answer;
  };
  let answer = await send();
  while (answer.status === 202) answer = await send();
  expect(answer).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
  expect(confirmed.size).toBeGreaterThanOrEqual(50);

  disk.free();
  while ((await send()).status !== 202) await sleep(100);
  await intake.end("SIGKILL");
  const found = await countIds(disk.path);
  expect([...confirmed].filter((id) => found.get(id) !== 1)).toEqual([]);
});
