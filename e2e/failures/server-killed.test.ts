/** The intake is killed under load: each event with a 2xx is found, once, also when everything is sent again. */
import { afterAll, expect, it } from "@jest/globals";
import { killIntakes } from "../intake/support/intake-process.ts";
import { tryKill } from "../intake/support/kill-trial.ts";

afterAll(killIntakes);

it.each([
  { signal: "SIGKILL", kept: "files" },
  { signal: "SIGKILL", kept: "spool" },
  { signal: "SIGTERM", kept: "files" },
  { signal: "SIGTERM", kept: "spool" },
] as const)("$signal, events in $kept", async ({ signal, kept }) => {
  const result = await tryKill({ signal, kept, after: 400 });
  expect(result.confirmed).toBeGreaterThanOrEqual(400);
  expect([result.missing, result.duplicated]).toEqual([[], []]);
  expect(result.exitCode).toBe(signal === "SIGTERM" ? 0 : null);
});
