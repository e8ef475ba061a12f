/** SIGTERM on an address that others reach: not ready at once, answers as before, then ends with everything stored. */
import { request } from "node:http";
import { afterEach, expect, it } from "@jest/globals";
import { countIds, killIntakes, launchIntake, scratchFolder } from "../intake/support/intake-process.ts";
import { eventText } from "../intake/support/load.ts";

const folder = scratchFolder();
afterEach(() => {
  killIntakes();
  folder.remove();
});

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
}

/** `fetch` hides the header. */
function ask(url: string, body?: string): Promise<Answer> {
  const headers = { authorization: "Bearer wk", "content-type": "application/x-ndjson" };
  return new Promise((resolve, reject) => {
    request(url, { method: body === undefined ? "GET" : "POST", headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, connection: response.headers.connection });
    })
      .once("error", reject)
      .end(body);
  });
}

it("drains", async () => {
  const intake = await launchIntake({
    HOST: "0.0.0.0",
    ACTIVITY_WRITE_KEYS: "wk",
    ACTIVITY_DATA_DIR: folder.path,
  });
  const url = intake.url.replace("0.0.0.0", "127.0.0.1");
  const ready = new URL("/readyz", url).href;
  expect(await ask(url, eventText("drain.1"))).toMatchObject({ status: 202, connection: "keep-alive" });
  expect(await ask(ready)).toMatchObject({ status: 200 });
  const ended = intake.end("SIGTERM");
  while ((await ask(ready)).status === 200);
  // Whoever balances load has not heard of it yet.
  expect(await ask(url, eventText("drain.2"))).toEqual({ status: 202, connection: "close" });
  expect(await ended).toBe(0);
  await expect(ask(url, eventText("drain.3"))).rejects.toThrow("ECONNREFUSED");
  expect([...(await countIds(folder.path)).keys()].toSorted()).toEqual(["drain.1", "drain.2"]);
});
