import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSegments } from "@activity/spool";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  eventText,
  killIntakes,
  post,
  runIntake,
  startIntake,
  temporaryDirectory,
} from "../../test/intake-fixtures.ts";

const source = "V1StGXR8_Z5jdHi6B-myT";
const numbered = (n: number, attributes: Record<string, unknown>): string =>
  eventText("x", attributes).replace("id-x", `${source}.${n}`);
const name = "events-2026-03-01T000000000Z-aaaaaaaaaaaa-000001.ndjson";

let directory: ReturnType<typeof temporaryDirectory>;
let environment: Record<string, string>;
beforeEach(() => {
  directory = temporaryDirectory();
  environment = { ACTIVITY_DATA_DIR: directory.path };
});
afterEach(() => {
  killIntakes();
  directory.remove();
});

function store(...lines: readonly string[]): string {
  const path = join(directory.path, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

describe("activity-intake erase", () => {
  it("leaves of a person's events their ids and times, and every other line as it is", async () => {
    const others = [
      numbered(1, { user_id: "bob", note: "ann" }),
      numbered(3, {}),
      "torn {",
      numbered(5, { user_id: ["ann"] }),
    ];
    const path = store(
      others[0] ?? "",
      numbered(2, { user_id: "ann", big: 12345678901234567890n.toString(), text: "é".repeat(70_000) }),
      others[1] ?? "",
      others[2] ?? "",
      numbered(4, { install_id: 7 }),
      others[3] ?? "",
    );
    const bytes = statSync(path).size;
    utimesSync(path, 1_000, 2_000);
    const { code, stdout } = await runIntake(environment, ["erase", "user_id=ann", "install_id=7"]);
    expect([code, stdout]).toEqual([0, "2 event(s) and 0 rejected one(s) erased\n"]);
    const lines = readFileSync(path, "utf8").split("\n");
    expect([lines[0], lines[2], lines[3], lines[5]]).toEqual(others);
    const left = { event_time: "2026-01-02T03:04:05.678Z", event_type: "erased", event_name: "-" };
    expect([lines[1], lines[4]].map((line = "") => JSON.parse(line))).toEqual([
      { event_id: `${source}.2`, ...left },
      { event_id: `${source}.4`, ...left },
    ]);
    expect(statSync(path)).toMatchObject({ size: bytes, mtimeMs: 2_000_000 });
    expect((await runIntake(environment, ["audit"])).stdout).toContain(": 0 lost, 0 stored twice");
  });

  it("fits into the shortest event that has an attribute", async () => {
    const shortest =
      '{"event_id":"a","event_time":"2026-01-02T03:04:05Z","event_type":"b","event_name":"c","d":1}';
    const path = store(shortest, shortest.replace(":1}", ':"1"}'));
    expect((await runIntake(environment, ["erase", "d=1"])).stdout).toContain("2 event(s)");
    expect(readFileSync(path, "utf8")).not.toContain('"d"');
  });

  it("erases from the file that an intake is writing, which goes on and knows what it had", async () => {
    const intake = startIntake(environment);
    const url = await intake.address;
    const ann = numbered(1, { user_id: "ann" });
    await post(url, [ann, numbered(2, { user_id: "bob" })].join("\n"));
    expect((await runIntake(environment, ["erase", "user_id=ann"])).stdout).toContain("1 event(s)");
    await post(url, numbered(3, { user_id: "bob" }));
    intake.child.kill("SIGKILL");
    await intake.exited;

    const next = startIntake(environment);
    const answer = await post(await next.address, ann);
    expect(answer.body).toMatchObject({ accepted: 0, duplicates: 1 });
    const texts: string[] = [];
    for await (const text of readSegments(directory.path)) texts.push(text);
    expect(texts.map((text) => JSON.parse(text))).toMatchObject([
      { event_id: `${source}.1`, event_type: "erased" },
      { event_id: `${source}.2`, user_id: "bob" },
      { event_id: `${source}.3`, user_id: "bob" },
    ]);
    expect(texts.join()).not.toContain("ann");
  });

  it("erases rejected events, also those that are no events", async () => {
    const letters = join(directory.path, "dead-letters");
    mkdirSync(letters);
    const letter = (event: string | null): string =>
      JSON.stringify({
        rejected_at: "2026-01-02T03:04:05Z",
        code: "bad_json",
        pointer: "",
        detail: "",
        event,
      });
    const path = join(letters, "bad_json-20260102T030405678Z-1-1.jsonl");
    const kept = [letter('{"user_id":"bob"}'), letter(null)];
    writeFileSync(path, `${[letter('{"user_id":"ann"}'), letter('{"user_id":"ann'), ...kept].join("\n")}\n`);
    const { stdout } = await runIntake(environment, ["erase", "user_id=ann"]);
    expect(stdout).toBe("0 event(s) and 2 rejected one(s) erased\n");
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain("ann");
    expect(text.split("\n").slice(2, 4)).toEqual(kept);
  });

  it("only counts with --list", async () => {
    const path = store(numbered(1, { user_id: "ann" }));
    const before = readFileSync(path, "utf8");
    const { stdout } = await runIntake(environment, ["erase", "--list", "user_id=ann"]);
    expect(stdout).toBe("1 event(s) and 0 rejected one(s) would be erased\n");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("says what it cannot reach, and ends with 1", async () => {
    writeFileSync(join(directory.path, `${name}.gz`), "");
    const kafka = { ...environment, KAFKA_BROKERS: "127.0.0.1:9" };
    const { code, output } = await runIntake(kafka, ["erase", "user_id=ann"]);
    expect(code).toBe(1);
    expect(output).toContain(`not looked into, since they are compressed: ${name}.gz`);
    expect(output).toContain("what Kafka has, and what waits for it, is not erased");
  });

  it.each([[[]], [["user_id"]], [["user_id="]], [["--user_id=ann"]], [["event_id=a"]]])(
    "refuses %j",
    async (args) => {
      const { code, output } = await runIntake(environment, ["erase", ...args]);
      expect([code, output]).toEqual([2, expect.stringContaining("usage: activity-intake erase")]);
    },
  );
});
