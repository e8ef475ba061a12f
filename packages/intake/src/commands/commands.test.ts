import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { processOwner } from "@activity/spool";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  eventText,
  idsIn,
  killIntakes,
  post,
  runIntake,
  startIntake,
  temporaryDirectory,
} from "../../test/intake-fixtures.ts";

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

/** Writes events as an intake would have. */
function store(
  lines: readonly string[],
  name = "events-2026-03-01T000000000Z-aaaaaaaaaaaa-000001.ndjson",
): void {
  mkdirSync(directory.path, { recursive: true });
  writeFileSync(join(directory.path, name), lines.map((line) => `${line}\n`).join(""));
}

const source = "V1StGXR8_Z5jdHi6B-myT";
const numbered = (n: number): string => eventText("x").replace("id-x", `${source}.${n}`);

describe("activity-intake audit", () => {
  it("is content when every number is there", async () => {
    store([1, 2, 3].map(numbered));
    const { code, stdout } = await runIntake(environment, ["audit"]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("3 event(s) of 1 source(s): 0 lost, 0 stored twice"),
    ]);
  });

  it("names what is missing, and ends with 1", async () => {
    store([1, 2, 5, 5, 9].map(numbered).concat("torn {"));
    const { code, stdout } = await runIntake(environment, ["audit", directory.path]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${source}: 1–9, open, 0 announced as dropped, lost 3–4, 6–8\n`);
    expect(stdout).toContain("5 lost, 1 stored twice, 0 announced as dropped, 1 line(s) damaged");
    const asJson = await runIntake(environment, ["audit", "--json"]);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ report: { lost: 5, duplicated: 1 }, damaged: 1 });
  });

  it("does not call lost what retention removed", async () => {
    store([4, 5].map(numbered));
    writeFileSync(
      join(directory.path, "retention.json"),
      '{"files":1,"bytes":300,"lastWritten":"2026-02-01T00:00:00.000Z"}\n',
    );
    const { code, stdout } = await runIntake(environment, ["audit"]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("3 number(s) before the first that is stored"),
    ]);
    store([4, 6].map(numbered));
    expect((await runIntake(environment, ["audit"])).code).toBe(1);
  });

  it("is done at once whatever numbers ids have, and leaves ids of others alone", async () => {
    store(
      [1, Number.MAX_SAFE_INTEGER]
        .map(numbered)
        .concat(eventText("x").replace("id-x", "order.1700000000000")),
    );
    const { code, stdout } = await runIntake(environment, ["audit"]);
    expect(code).toBe(1);
    expect(stdout).toContain("lost 2–9007199254740990\n");
    expect(stdout).toContain("3 event(s) of 1 source(s): 9007199254740989 lost");
    expect(stdout).toContain("1 with ids of their own");
  });

  it("calls an event damaged whose id is no text", async () => {
    store([numbered(1), eventText("x").replace('"id-x"', '{"toString":1}')]);
    expect((await runIntake(environment, ["audit"])).stdout).toContain(
      "1 event(s) of 1 source(s): 0 lost, 0 stored twice, 0 announced as dropped, 1 line(s) damaged",
    );
  });

  it("says what it needs", async () => {
    expect((await runIntake(environment, ["audit", "--kafka"])).output).toContain(
      "--kafka needs KAFKA_BROKERS",
    );
    expect((await runIntake(environment, ["audit", "--nonsense"])).code).toBe(2);
    const none = await runIntake(environment, ["audit", join(directory.path, "none")]);
    expect([none.code, none.output]).toEqual([2, expect.stringContaining("there are no events in")]);
  });

  it("reads a compressed file that it is given", async () => {
    const file = join(directory.path, "kept.ndjson.gz");
    writeFileSync(file, gzipSync(`${[1, 2, 4].map(numbered).join("\n")}\n`));
    const { stdout } = await runIntake(environment, ["audit", file]);
    expect(stdout).toContain("3 event(s) of 1 source(s): 1 lost, 0 stored twice, 0 announced");
    expect(stdout).toContain("0 line(s) damaged");
  });
});

describe("activity-intake query", () => {
  it("asks the views, as a table, as JSON and as CSV", async () => {
    store([
      eventText(1, { method: 'a "quoted"', n: 12345678901234567890n.toString() }),
      eventText(1),
      eventText(2),
    ]);
    const sql =
      "SELECT event_id, count(*) AS lines, any_value(event ->> 'method') AS method FROM events GROUP BY ALL ORDER BY 1";
    const table = await runIntake(environment, ["query", sql]);
    expect([table.code, table.stdout.split("\n")[0]]).toEqual([0, "event_id  lines  method"]);
    expect(table.stdout).toContain("2 row(s)");
    const json = await runIntake(environment, ["query", "--json", sql]);
    expect(json.stdout).toBe(
      `${JSON.stringify({ event_id: "id-1", lines: "2", method: 'a "quoted"' })}\n${JSON.stringify({ event_id: "id-2", lines: "1", method: null })}\n`,
    );
    const csv = await runIntake(environment, ["query", "--csv", sql]);
    expect(csv.stdout).toBe('event_id,lines,method\nid-1,2,"a ""quoted"""\nid-2,1,\n');
    const unique = await runIntake(environment, [
      "query",
      "--csv",
      "SELECT count(*) AS n FROM unique_events",
    ]);
    expect(unique.stdout).toBe("n\n2\n");
  });

  it("says in one sentence what is wrong", async () => {
    const none = await runIntake(environment, ["query", "SELECT 1"]);
    expect([none.code, none.output]).toEqual([2, expect.stringContaining("there are no events in")]);
    store([eventText(1)]);
    const writing = await runIntake(environment, ["query", "CREATE TABLE t (a INT)"]);
    expect([writing.code, writing.output]).toEqual([2, "activity-intake: only a SELECT is allowed\n"]);
    expect((await runIntake(environment, ["query"])).output).toContain("usage: activity-intake query");
  });
});

describe("activity-intake replay", () => {
  it("takes what was rejected once the settings allow it, and keeps the rest", async () => {
    const large = eventText("large", { text: "x".repeat(3_000) });
    const small = { ...environment, ACTIVITY_MAX_EVENT_BYTES: "2048" };
    const intake = startIntake(small);
    await post(await intake.address, `${large}\n{"event_id":"half"}\n${eventText(1)}`);
    const list = await runIntake(small, ["replay", "--list"]);
    expect(list.stdout).toMatch(/^missing_field\t1\t.*\ntoo_large\t1\t.*\n$/);
    expect((await runIntake(small, ["replay", "too_large"])).stdout).toContain(
      "0 event(s) taken, 0 known already, 1 rejected again",
    );
    const all = await runIntake(environment, ["replay"]);
    expect([all.code, all.stdout]).toEqual([1, "1 event(s) taken, 0 known already, 1 rejected again\n"]);
    expect((await idsIn(directory.path)).toSorted()).toEqual(["id-1", "id-large"]);
    const again = await runIntake(environment, ["replay"]);
    expect(again.stdout).toBe("0 event(s) taken, 0 known already, 1 rejected again\n");
    expect(readdirSync(join(directory.path, "dead-letters")).length).toBe(1);
  });

  it("goes on where one was cut off, and takes nothing twice", async () => {
    store([eventText(1)]);
    const letters = join(directory.path, "dead-letters");
    mkdirSync(letters);
    const letter = (event: string): string =>
      `${JSON.stringify({ rejected_at: "", code: "too_large", pointer: "", detail: "", event })}\n`;
    writeFileSync(
      join(letters, "too_large-20260301T000000000Z-1-1.jsonl.replaying"),
      letter(eventText(1)) + letter(eventText(2).replace(",", ",\n")) + letter(eventText(2)),
    );
    expect((await runIntake(environment, ["replay"])).stdout).toBe(
      "1 event(s) taken, 2 known already, 0 rejected again\n",
    );
    expect((await idsIn(directory.path)).toSorted()).toEqual(["id-1", "id-2"]);
    expect(readdirSync(letters)).toEqual([]);
    expect((await runIntake(environment, ["replay"])).stdout).toBe("there is nothing to replay\n");
  });
});

describe("a replay beside others", () => {
  const letters = (): string => join(directory.path, "dead-letters");
  const leave = (...lines: string[]): void => {
    mkdirSync(letters());
    writeFileSync(
      join(letters(), "too_large-20260301T000000000Z-1-1.jsonl"),
      lines.map((line) => `${line}\n`).join(""),
    );
  };
  const letter = (event: string | null): string =>
    JSON.stringify({ rejected_at: "", code: "too_large", pointer: "", detail: "", event });

  it("waits for the one that runs: both would store the same events", async () => {
    leave(letter(eventText(1)));
    writeFileSync(join(letters(), "replay.lock"), processOwner());
    const second = await runIntake(environment, ["replay"]);
    expect([second.code, second.output]).toEqual([
      2,
      expect.stringMatching(/another replay works on .*; wait until it has ended/),
    ]);
    expect(await idsIn(directory.path)).toEqual([]);
    expect((await runIntake(environment, ["replay", "--list"])).stdout).toMatch(/^too_large\t1\t/);
  });

  it("goes on after one that died", async () => {
    leave(letter(eventText(1)));
    writeFileSync(join(letters(), "replay.lock"), "nobody that runs");
    expect((await runIntake(environment, ["replay"])).stdout).toContain("1 event(s) taken");
    expect(readdirSync(letters())).toEqual([]);
  });

  it("stores each event once when many are started at a time", async () => {
    leave(...Array.from({ length: 2_000 }, (_, at) => letter(eventText(at))));
    const all = await Promise.all(
      Array.from({ length: 4 }, () => startIntake(environment, ["replay"]).exited),
    );
    expect(all).toContain(0);
    const ids = await idsIn(directory.path);
    expect([ids.length, new Set(ids).size]).toEqual([2_000, 2_000]);
    expect(readdirSync(letters())).toEqual([]);
  });

  it("says which lines hold nothing, and takes the rest", async () => {
    leave("null", "17", "{}", '{"event":5}', "torn {", letter(eventText(1)), letter(null), '{"event":"{}"}');
    const { code, output } = await runIntake(environment, ["replay"]);
    expect(code).toBe(1);
    expect(output).toContain("5 line(s) hold no dead letter and are gone");
    expect(output).toContain("1 event(s) taken, 0 known already, 2 rejected again");
    expect(await idsIn(directory.path)).toEqual(["id-1"]);
  });
});

describe("activity-intake key", () => {
  it("makes a key that the intake takes, and leaves its hash only", async () => {
    const file = join(directory.path, "keys");
    const keys = { ...environment, ACTIVITY_WRITE_KEYS_FILE: file };
    const made = await runIntake(keys, ["key", "cli", "--events-per-second", "1"]);
    const key = made.stdout.trim();
    expect(made.code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain(key);
    expect((await runIntake(keys, ["key", "cli"])).output).toContain("has a key named cli");
    const intake = startIntake(keys);
    const url = await intake.address;
    const authorization = { authorization: `Bearer ${key}` };
    expect((await post(url, eventText(1))).status).toBe(401);
    const ten = Array.from({ length: 12 }, (_, at) => eventText(`burst-${at}`)).join("\n");
    expect((await post(url, ten, authorization)).status).toBe(202);
    const limited = await post(url, eventText(2), authorization);
    expect([limited.status, limited.body["code"]]).toEqual([429, "too_many_requests"]);
    const metrics = await (await fetch(`${await intake.page}/metrics`)).text();
    expect(metrics).toContain('activity_intake_key_events_total{key="cli"} 12');
    expect(intake.output()).not.toContain(key);
  });

  it("needs a name", async () => {
    expect((await runIntake(environment, ["key"])).code).toBe(2);
    expect((await runIntake(environment, ["key", "a", "--events-per-second", "many"])).code).toBe(2);
  });
});
