/** What docs/personal-data.md shows keeps personal data out. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { readSegments } from "@activity/spool";
import { afterAll, expect, it } from "@jest/globals";
import { sampleFolder, writeSamples } from "./run-sample.ts";

const folder = sampleFolder();
const [hook = "", server = ""] = writeSamples("docs/personal-data.md", folder.path);
afterAll(() => folder.remove());

it("before an event is recorded", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [hook]);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([
    { event_name: "signup", plan: "team", user_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    { event_name: "source_closed", last: 2 },
  ]);
  expect(stdout).not.toMatch(/ann|Hello/);
});

it("before the proxy writes it", async () => {
  const data = join(folder.path, "data");
  const child = spawn(process.execPath, [server], {
    env: { ...process.env, DATA_DIR: data },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [address] = (await once(createInterface(child.stdout), "line")) as [string]; // Of a line.
  const fields = '"event_time":"2026-01-02T03:04:05Z","event_type":"log","event_name":"hello"';
  const body = `{"event_id":"1",${fields},"n":12345678901234567890}\n{"event_id":"2",${fields},"email":"ann@example.com","a":1}`;
  const headers = { "content-type": "application/x-ndjson" };
  const { status } = await fetch(address, { method: "POST", headers, body });
  expect(status).toBe(202);
  const stored: string[] = [];
  for await (const text of readSegments(data)) stored.push(text);
  expect(stored).toEqual([
    `{"event_id":"1",${fields},"n":12345678901234567890}`,
    `{"event_id":"2",${fields},"a":1}`,
  ]);
  child.kill();
  await once(child, "exit");
});
