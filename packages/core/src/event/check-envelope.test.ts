import { describe, expect, it } from "@jest/globals";
import type { EnvelopeField } from "./check-envelope.ts";
import { checkField, checkFields, quote } from "./check-envelope.ts";

const codeOf = (field: EnvelopeField, value: unknown): string | undefined => checkField(field, value)?.code;

describe("a field of the envelope", () => {
  it.each<[EnvelopeField, number, string | undefined]>([
    ["event_id", 0, "empty"],
    ["event_id", 1, undefined],
    ["event_id", 127, undefined],
    ["event_id", 128, undefined],
    ["event_id", 129, "too_long"],
    ["event_type", 0, "empty"],
    ["event_type", 1, undefined],
    ["event_type", 128, undefined],
    ["event_type", 129, "too_long"],
    ["event_name", 0, "empty"],
    ["event_name", 1, undefined],
    ["event_name", 129, undefined],
    ["event_name", 256, undefined],
    ["event_name", 257, "too_long"],
  ])("%s of %p characters: %p", (field, length, code) => {
    expect(codeOf(field, "a".repeat(length))).toBe(code);
    // Those that are not ASCII are looked at by other rules, and the limits are the same.
    if (field !== "event_id") expect(codeOf(field, "é".repeat(length))).toBe(code);
  });

  it.each<[EnvelopeField, string, string | undefined]>([
    ["event_id", "!~", undefined],
    ["event_id", "a b", "bad_type"],
    ["event_id", "é", "bad_type"],
    ["event_id", "\u{1f600}", "bad_type"],
    ["event_id", "a\n", "bad_type"],
    ["event_id", "\u007f", "empty"],
    ["event_id", " ".repeat(200), "empty"],
    ["event_type", " a", undefined],
    ["event_type", "a\nb", undefined],
    ["event_type", "支付", undefined],
    ["event_name", "\u{1f600}", undefined],
    ["event_name", "\u200b", undefined],
    ["event_name", " \t\r\n\v\f", "empty"],
    ["event_name", "\0\u001f\u007f\u0080\u009f", "empty"],
    ["event_name", "\u00a0\u2028\u2029\u3000\ufeff", "empty"],
    ["event_name", "a\ud800", "bad_unicode"],
    ["event_name", "\udc00a", "bad_unicode"],
    ["event_type", "\ude00\ud83d", "bad_unicode"],
    ["event_time", "", "empty"],
    ["event_time", " ", "empty"],
    ["event_time", "yesterday", "bad_time"],
    ["event_time", `2025-01-01T12:30:00.${"1".repeat(1_000)}Z`, undefined],
  ])("%s %p: %p", (field, value, code) => {
    expect(codeOf(field, value)).toBe(code);
  });

  it.each<[unknown, string]>([
    [undefined, "missing_field"],
    [null, "bad_type"],
    [0, "bad_type"],
    [true, "bad_type"],
    [1n, "bad_type"],
    [Symbol("s"), "bad_type"],
    [[], "bad_type"],
    [{}, "bad_type"],
    [() => "a", "bad_type"],
    [Object("a"), "bad_type"],
    [new Date(0), "bad_type"],
  ])("that is %p has the code %s, whichever it is", (value, code) => {
    for (const field of ["event_id", "event_time", "event_type", "event_name"] as const)
      expect(codeOf(field, value)).toBe(code);
  });

  it.each<[EnvelopeField, unknown, string]>([
    ["event_id", undefined, "event_id is missing; it must be 1–128 visible ASCII characters"],
    ["event_id", "a b", 'event_id is "a b"; it must be 1–128 visible ASCII characters'],
    ["event_time", 5, "event_time is 5; it must be an RFC 3339 time with an offset"],
    ["event_type", null, "event_type is null; it must be 1–128 characters, not all blank"],
    ["event_name", [], "event_name is object; it must be 1–256 characters, not all blank"],
  ])("says what is there and what may be: %s", (field, value, detail) => {
    expect(checkField(field, value)).toMatchObject({ pointer: `/${field}`, detail });
  });

  it("quotes 64 characters at most", () => {
    expect(quote("a".repeat(64))).toBe(`"${"a".repeat(64)}"`);
    expect(quote("a".repeat(65))).toBe(`"${"a".repeat(63)}…"`);
    expect(quote("\u0001\ud800")).toBe('"\\u0001\\ud800"');
    const { detail = "" } = checkField("event_name", "x".repeat(10_000)) ?? {};
    expect(detail).toHaveLength('event_name is ""; it must be 1–256 characters, not all blank'.length + 64);
  });
});

describe("the fields of a value", () => {
  it("are checked in the order of the wire, each by itself", () => {
    const problems = checkFields({ event_name: " ", event_type: "a", event_time: 3 });
    expect(problems.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["missing_field", "/event_id"],
      ["bad_type", "/event_time"],
      ["empty", "/event_name"],
    ]);
  });

  const good = { event_id: "1", event_time: "2025-01-01T12:30:00Z", event_type: "a", event_name: "b" };

  it("may be all there, in an object of any kind", () => {
    for (const value of [
      good,
      Object.assign(Object.create(null), good),
      Object.assign(new (class A {})(), good),
    ])
      expect(checkFields(value)).toEqual([]);
  });

  it("must be its own", () => {
    const missing = ["event_id", "event_time", "event_type", "event_name"].map((field) => ({
      code: "missing_field",
      pointer: `/${field}`,
    }));
    expect(checkFields(Object.create(good))).toMatchObject(missing);
    for (const [index, field] of Object.keys(good).entries()) {
      const { [field]: value, ...others } = good as Record<string, string>;
      Object.defineProperty(Object.prototype, field, { value, configurable: true });
      const problems = checkFields(others);
      Reflect.deleteProperty(Object.prototype, field);
      expect(problems).toMatchObject(missing.slice(index, index + 1));
    }
  });
});
