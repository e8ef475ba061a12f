/** The same events come twice: at once, after an answer that was lost, after a restart. Stored once, success for all. */
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { countIds, killIntakes, launchIntake, scratchFolder } from "../intake/support/intake-process.ts";
import { postEvents } from "../intake/support/load.ts";

let folder: ReturnType<typeof scratchFolder>;
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => {
  killIntakes();
  folder.remove();
});

const idsOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${name}.${at + 1}`);

it("two clients with the same ids at once", async () => {
  const { url, end } = await launchIntake({ ACTIVITY_DATA_DIR: folder.path });
  for (let round = 0; round < 20; round++) {
    const ids = idsOf(`round-${round}`, 100);
    // The second begins in the middle and goes on beyond the first.
    const answers = await Promise.all([
      postEvents(url, ids),
      postEvents(url, [...ids.slice(50), ...idsOf(`more-${round}`, 50)]),
      postEvents(url, ids.toReversed()),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const bodies = answers.map(({ body }) => body as { accepted: number; duplicates: number }); // Of a 202.
    expect(bodies.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(150);
    expect(bodies.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(150);
  }
  await end("SIGTERM");
  const found = await countIds(folder.path);
  expect(found.size).toBe(3_000);
  expect([...found].filter(([, count]) => count !== 1)).toEqual([]);
});

it.each(["SIGTERM", "SIGKILL"] as const)("sent again after %s and a restart", async (signal) => {
  const ids = idsOf("restart", 500);
  const first = await launchIntake({ ACTIVITY_DATA_DIR: folder.path });
  expect(await postEvents(first.url, ids)).toMatchObject({ status: 202, body: { accepted: 500 } });
  await first.end(signal);
  const second = await launchIntake({ ACTIVITY_DATA_DIR: folder.path });
  expect(await postEvents(second.url, [...ids, ...idsOf("new", 1)])).toMatchObject({
    status: 202,
    body: { accepted: 1, duplicates: 500 },
  });
  await second.end("SIGTERM");
  const found = await countIds(folder.path);
  expect(found.size).toBe(501);
  expect([...found].filter(([, count]) => count !== 1)).toEqual([]);
});
