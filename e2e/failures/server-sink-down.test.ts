/** Kafka is down and the spool is full: refused with the time to come again, and nothing that was taken is given up. */
import { afterEach, expect, it } from "@jest/globals";
import { countIds, killIntakes, launchIntake, scratchFolder } from "../intake/support/intake-process.ts";
import { startLoad } from "../intake/support/load.ts";

const folder = scratchFolder();
afterEach(() => {
  killIntakes();
  folder.remove();
});

it("answers 503 with Retry-After, and keeps what it has answered for", async () => {
  const intake = await launchIntake({
    ACTIVITY_DATA_DIR: folder.path,
    ACTIVITY_SPOOL_MIB: "1",
    KAFKA_BROKERS: "127.0.0.1:1",
  });
  const load = startLoad({
    url: intake.url,
    name: "down",
    clients: 8,
    batch: 50,
    refused: "again",
    onAnswer: ({ statuses, stop }) => {
      if ((statuses.get(503) ?? 0) >= 500) stop();
    },
  });
  await load.done;
  expect([...load.statuses.keys()].toSorted()).toEqual([202, 503]);
  expect(load.withoutRetryAfter).toBe(0);
  expect(load.confirmed.size).toBeGreaterThan(1_000);
  await intake.end("SIGKILL");
  const found = await countIds(folder.path);
  expect([...load.confirmed].filter((id) => found.get(id) !== 1)).toEqual([]);
});
