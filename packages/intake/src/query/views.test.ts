import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eventText, temporaryDirectory } from "../../test/intake-fixtures.ts";
import { openEventDatabase } from "./event-database.ts";

const packageFolder = new URL("../../", import.meta.url);
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** Asks something of events that are written for it; the file ends with a torn line. */
async function ask(lines: readonly string[], sql: string): Promise<readonly (readonly unknown[])[]> {
  const file = join(directory.path, "it's events.ndjson");
  writeFileSync(file, `${lines.join("\n")}\n{"event_id":"torn","event_t`);
  const database = await openEventDatabase({ files: [file], packageFolder });
  try {
    return (await database.query(sql)).rows;
  } finally {
    database.close();
  }
}

let n = 0;
const at = (minute: number, attributes: Record<string, unknown>): string =>
  eventText(++n, { event_time: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(), ...attributes });

describe("events", () => {
  it("are read where keys come late, are many, and change their types", async () => {
    const many = Object.fromEntries(Array.from({ length: 700 }, (_, key) => [`key_${key}`, key]));
    const lines = [
      ...Array.from({ length: 30_000 }, () => at(0, {})),
      at(1, { late: "text" }),
      at(2, { late: 7 }),
      at(3, { late: { deep: [1] } }),
      at(4, many),
      eventText("big").replace("}", ',"late":12345678901234567890}'),
    ];
    expect(await ask(lines, "SELECT count(*), count(event ->> 'late') FROM events")).toEqual([
      ["30005", "4"],
    ]);
    expect(
      await ask(lines, "SELECT event ->> 'late' FROM events WHERE (event ->> 'late') IS NOT NULL ORDER BY 1"),
    ).toEqual([["12345678901234567890"], ["7"], ["text"], ['{"deep":[1]}']]);
    expect(
      await ask(
        lines,
        "SELECT (event ->> 'key_699')::INT FROM events WHERE event_id LIKE 'id-%' AND (event ->> 'key_699') IS NOT NULL",
      ),
    ).toEqual([[699]]);
  });

  it.each([
    ["2026-01-01T01:00:00.123456+02:00", "2025-12-31 23:00:00.123456"],
    ["2026-01-01T23:59:59.5-11:30", "2026-01-02 11:29:59.5"],
    ["2026-01-01t00:00:00z", "2026-01-01 00:00:00"],
    ["2016-12-31T23:59:60.25Z", "2017-01-01 00:00:00.25"],
    ["2026-01-01T00:00:00.123456789Z", "2026-01-01 00:00:00.123456"],
  ])("have the time %s as UTC", async (time, utc) => {
    expect(await ask([eventText(1, { event_time: time })], "SELECT event_time FROM events")).toEqual([[utc]]);
  });

  it("that are stored twice are one in unique_events: the line that was received first", async () => {
    const lines = [
      eventText(1, { received_at: "2026-01-01T00:00:02Z" }),
      eventText(1, { received_at: "2026-01-01T00:00:01Z" }),
      eventText(2),
    ];
    expect(await ask(lines, "SELECT event_id, received_at FROM unique_events ORDER BY 1")).toEqual([
      ["id-1", "2026-01-01 00:00:01"],
      ["id-2", null],
    ]);
  });
});

describe("persons", () => {
  it("are one across command line, local page and cloud", async () => {
    const lines = [
      at(0, { service_name: "cli", install_id: "i1" }),
      at(1, { service_name: "cli", install_id: "i1", user_id: "ada" }),
      at(2, { service_name: "local-ui", install_id: "i1", client_id: "c1" }),
      at(3, { service_name: "cloud-ui", client_id: "c2" }),
      at(4, { service_name: "cloud-ui", client_id: "c2", user_id: "ada" }),
      at(5, { service_name: "runtime", event_type: "metric" }),
    ];
    expect(await ask(lines, "SELECT person, events, services, installs, browsers FROM persons")).toEqual([
      ["user:ada", "5", ["cli", "cloud-ui", "local-ui"], "1", "2"],
    ]);
  });

  it("are not guessed where several share a machine", async () => {
    const lines = [
      at(0, { install_id: "i1", user_id: "ada" }),
      at(1, { install_id: "i1", user_id: "bob" }),
      at(2, { install_id: "i1" }),
      at(3, { client_id: "c1" }),
    ];
    expect(await ask(lines, "SELECT person, events FROM persons ORDER BY person")).toEqual([
      ["client:c1", "1"],
      ["install:i1", "1"],
      ["user:ada", "1"],
      ["user:bob", "1"],
    ]);
  });
});

describe("sessions, days and errors", () => {
  it("end after 30 minutes without anything that a person did", async () => {
    const ui = { service_name: "ui", user_id: "ada" };
    const lines = [
      at(0, { ...ui, event_name: "page_view" }),
      at(29, { ...ui, event_type: "active" }),
      at(59, { ...ui, event_type: "error" }),
      at(80, { ...ui, event_type: "metric" }),
      at(90, { ...ui, event_name: "late" }),
      at(90, { ...ui, service_name: "cli" }),
    ];
    const sql =
      "SELECT service_name, visit, seconds, events, errors, page_views, first_event FROM sessions ORDER BY ALL";
    expect(await ask(lines, sql)).toEqual([
      ["cli", "1", "0", "1", "0", "0", "click"],
      ["ui", "1", "3540", "3", "1", "1", "page_view"],
      ["ui", "2", "0", "1", "0", "0", "late"],
    ]);
  });

  it("count each person once a day, by service and over all", async () => {
    const lines = [
      at(0, { service_name: "ui", user_id: "ada" }),
      at(1, { service_name: "ui", user_id: "ada" }),
      at(2, { service_name: "cli", user_id: "ada" }),
      at(3, { service_name: "cli", install_id: "i2" }),
      at(4, { service_name: "cli", user_id: "eve", event_type: "metric" }),
      at(1_500, { service_name: "cli", user_id: "ada" }),
    ];
    expect(await ask(lines, "SELECT day, service_name, persons FROM daily_active ORDER BY ALL")).toEqual([
      ["2026-01-01", "all", "2"],
      ["2026-01-01", "cli", "2"],
      ["2026-01-01", "ui", "1"],
      ["2026-01-02", "all", "1"],
      ["2026-01-02", "cli", "1"],
    ]);
  });

  it("put errors together that differ in numbers and names", async () => {
    const error = { event_type: "error", event_name: "connector_error", service_name: "ui" };
    const lines = [
      at(0, { ...error, message: 'cannot read "a.csv" at line 7', user_id: "ada", service_version: "1" }),
      at(1, { ...error, message: 'cannot read "b.csv" at line 12', user_id: "bob", service_version: "2" }),
      at(2, { ...error, message: "timed out", user_id: "bob" }),
      at(3, { ...error }),
    ];
    const sql =
      "SELECT message_shape, events, people, versions FROM errors ORDER BY events DESC, message_shape DESC";
    expect(await ask(lines, sql)).toEqual([
      ["cannot read … at line #", "2", "2", ["1", "2"]],
      ["timed out", "1", "1", null],
      ["", "1", "0", null],
    ]);
  });
});

describe("a view that there is not", () => {
  it.each([
    ["evnts", 'there is no view "evnts"; did you mean events?'],
    ["people", 'there is no view "people"; there are client_users, daily_active, errors, events'],
    ["session", 'there is no view "session"; did you mean sessions?'],
  ])("is named beside those of ours: %s", async (name, message) => {
    await expect(ask([at(0, {})], `SELECT * FROM ${name}`)).rejects.toThrow(message);
  });
});
