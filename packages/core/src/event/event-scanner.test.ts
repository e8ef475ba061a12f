import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eventLimits } from "../limits.ts";
import { EventScanner } from "./event-scanner.ts";
import { parseEventText } from "./parse-event.ts";
import { maxScannedBytes } from "./scanner-instance.ts";
import { toUtf8 } from "./utf8.ts";
import { isWellFormed } from "./well-formed.ts";

const plain = {
  event_id: "source.17",
  event_time: "2026-01-02T03:04:05.678Z",
  event_type: "behavioral",
  event_name: "login_start",
};
const fieldsOf = ({
  text,
  event_id,
  event_time,
  event_type,
  event_name,
}: typeof plain & { text: string }): object => ({
  text,
  event_id,
  event_time,
  event_type,
  event_name,
});

function scannerOf(text: string, limits = eventLimits): EventScanner {
  const scanner = EventScanner.of({ bytes: toUtf8(text), text }, limits);
  if (scanner === undefined) throw new Error("this engine runs no scanner");
  return scanner;
}

function scan(text: string, limits = eventLimits): { event: ReturnType<EventScanner["event"]>; end: number } {
  const scanner = scannerOf(text, limits);
  const event = scanner.event(0);
  return { event, end: scanner.end };
}

describe("EventScanner", () => {
  it.each([
    ["flat", { ...plain, n: 1.5, b: true, none: null, s: "x" }],
    ["nested", { a: { b: [1, { c: [] }, {}] }, ...plain }],
    ["beyond ASCII", { ...plain, s: "größe 😀 中", "schlüssel 😀": 1 }],
    ["with escapes in values", { ...plain, s: 'a"b\\c\nd\u0007' }],
    ["with similar names", { ...plain, event_: 1, event_tame: 2, event_typo: 3, eventually: 4, event_ix: 5 }],
    ["with another time", { ...plain, event_time: "2026-02-28T23:59:59+01:00" }],
    ["with long fields", { ...plain, event_id: "~".repeat(128), event_name: "n".repeat(256) }],
  ])("knows an event that is %s", (_, event) => {
    const text = JSON.stringify(event);
    const found = scan(text);
    expect(found.end).toBe(toUtf8(text).length);
    expect(found.event && fieldsOf(found.event)).toEqual({ text, ...fieldsOf({ ...event, text }) });
    expect(found.event?.toJSON()).toEqual(event);
  });

  it("finds events one behind another, whatever stands in them", () => {
    const texts = ["é", "😀😀", "", "中"].map((s, n) => JSON.stringify({ ...plain, event_id: `s.${n}`, s }));
    const text = texts.join("\n");
    const scanner = scannerOf(text);
    let at = 0;
    for (const one of texts) {
      expect(scanner.event(at)?.text).toBe(one);
      at = scanner.end + 1;
    }
  });

  it("finds them in several texts by turns", () => {
    const texts = [JSON.stringify(plain), JSON.stringify({ ...plain, event_id: "other.1", s: "é" })];
    const scanners = texts.map((text) => scannerOf(`${text}${text}`));
    for (const _ of [1, 2]) {
      expect(scanners.map((one) => one.event(Math.max(one.end, 0))?.text)).toEqual(texts);
    }
  });

  it("finds them in texts of every size, and takes none beyond its bound", () => {
    for (const size of [1, 63, 64, 65, 131_000, 131_072, 900_000]) {
      const text = JSON.stringify({ ...plain, s: "x".repeat(size) });
      expect(scan(text, { ...eventLimits, maxBytes: 1e9 }).event?.text).toBe(text);
    }
    const bytes = new Uint8Array(maxScannedBytes + 1);
    expect(EventScanner.of({ bytes, text: "" }, eventLimits)).toBeUndefined();
  });

  it("stops at the end of its text, whatever a longer one has left behind it", () => {
    const whole = JSON.stringify({ ...plain, s: "x".repeat(100) });
    for (const cut of [10, 60, 100, 150, whole.length - 1]) {
      expect(scan(whole).end).toBe(whole.length);
      expect(scan(whole.slice(0, cut)).end).toBe(-1);
    }
  });

  it.each([
    ["a field that is missing", JSON.stringify({ ...plain, event_name: undefined })],
    ["a field that stands twice", `${JSON.stringify(plain).slice(0, -1)},"event_id":"x"}`],
    ["a field with escapes in its name", JSON.stringify(plain).replace("event_id", "event\\u005fid")],
    ["a field with escapes in its value", JSON.stringify(plain).replace("source", "s\\u006furce")],
    ["a blank name", JSON.stringify({ ...plain, event_name: " " })],
    ["an id with a blank", JSON.stringify({ ...plain, event_id: "a b" })],
    ["no time", JSON.stringify({ ...plain, event_time: "2026-13-02T03:04:05.678Z" })],
    ["no day of its month", JSON.stringify({ ...plain, event_time: "2026-02-30T03:04:05.678Z" })],
    ["__proto__", `${JSON.stringify(plain).slice(0, -1)},"a":{"__proto__":1}}`],
    ["constructor", `${JSON.stringify(plain).slice(0, -1)},"constructor":1}`],
    [
      "a nest too deep",
      JSON.stringify(plain).replace("{", `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)},`),
    ],
    ["a number without bound", `${JSON.stringify(plain).slice(0, -1)},"n":1e999}`],
    ["a line end", `${JSON.stringify(plain).slice(0, -1)}\n}`],
    ["a number", "17"],
    ["a list", "[1]"],
  ])("leaves %s to a closer look, and knows where it ends", (_, text) => {
    const { event, end } = scan(text);
    expect(event).toBeUndefined();
    expect(end).toBe(text.length);
  });

  it("keeps the limits", () => {
    const text = JSON.stringify({ ...plain, a: [[1]] });
    const bytes = text.length;
    expect(scan(text, { maxBytes: bytes, maxDepth: 3, maxKeys: 5 }).event).toBeDefined();
    expect(scan(text, { maxBytes: bytes - 1, maxDepth: 3, maxKeys: 5 }).event).toBeUndefined();
    expect(scan(text, { maxBytes: bytes, maxDepth: 2, maxKeys: 5 }).event).toBeUndefined();
    expect(scan(text, { maxBytes: bytes, maxDepth: 3, maxKeys: 4 }).event).toBeUndefined();
  });

  it("calls nothing an event that parseEventText refuses or reads otherwise", () => {
    const text = fc.oneof(
      mutated(JSON.stringify(plain)),
      spliced(),
      fc.json().map((json) => `{"a":${json}}`),
    );
    let known = 0;
    fc.assert(
      fc.property(text, (mutant) => {
        const { event, end } = scan(mutant);
        if (event === undefined) return;
        known++;
        expect(end).toBe(toUtf8(mutant.slice(0, event.text.length)).length);
        const parsed = parseEventText(event.text);
        expect(parsed.event && fieldsOf(parsed.event)).toEqual(fieldsOf(event));
      }),
      { numRuns: 4_000 },
    );
    expect(known).toBeGreaterThan(100);
  });
});

describe("the value that a scanner passes", () => {
  it("is what JSON.parse takes, and nothing else", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      '"a"',
      "1",
      "-",
      "0",
      ".5",
      "e1",
      "E+2",
      "true",
      "null",
      "\\",
      "\\u00e9",
      "é",
      "😀",
      " ",
      "\n",
      "\u0001",
      "01",
      "tru",
      "\\n",
      '"b":2',
    ];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join("")),
      fc.json().chain(mutated),
    );
    let passed = 0;
    fc.assert(
      fc.property(text, (json) => {
        const start = json.search(/[^ \t\r\n]|$/);
        const scanner = scannerOf(json);
        const end = scanner.value(start);
        const whole = end >= 0 && /^[ \t\r\n]*$/.test(json.slice(end - scanner.surplus));
        expect(whole).toBe(isJson(json));
        if (whole) passed++;
      }),
      { numRuns: 4_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });
});

/** A text with some characters replaced, taken out or put in. */
function mutated(text: string): fc.Arbitrary<string> {
  const char = fc.constantFrom(...'{}[]",:\\ \n\t\r0aeE+-._T1Zu\u0001\u007fé😀');
  const edit = fc.record({
    at: fc.nat(text.length),
    remove: fc.nat(2),
    insert: fc.oneof(char, fc.constant("")),
  });
  return fc
    .array(edit, { maxLength: 2 })
    .map((edits) =>
      edits.reduce(
        (whole, { at, remove, insert }) => whole.slice(0, at) + insert + whole.slice(at + remove),
        text,
      ),
    )
    .filter(isWellFormed);
}

/** An event with members of all kinds put in behind its bracket. */
function spliced(): fc.Arbitrary<string> {
  const key = fc.constantFrom(
    "event_id",
    "event_name",
    "event_type",
    "event_time",
    "event\\u005fid",
    "__proto__",
    "prototype",
    "constructor",
    "a",
    "é",
    "",
  );
  const value = fc.oneof(
    fc.json(),
    fc.constantFrom(
      '"x"',
      "1e400",
      '{"__proto__":1}',
      '{"\\u005f_proto__":1}',
      '" "',
      '"2026-02-29T00:00:00Z"',
    ),
  );
  return fc.array(fc.tuple(key, value), { maxLength: 2 }).map((members) => {
    const added = members.map(([name, json]) => `"${name}":${json},`).join("");
    return `{${added}${JSON.stringify(plain).slice(1)}`;
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
