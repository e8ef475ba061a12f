import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { defineCatalog } from "./define-catalog.ts";
import type { StandardResult, StandardSchema } from "./standard-schema.ts";

const secret = "hunter2-4111111111111111";

const catalog = defineCatalog(
  {
    behavioral: {
      login_start: v.object({ method: v.picklist(["github", "google"]) }),
      deploy_start: null,
      invite: v.strictObject({
        emails: v.array(v.pipe(v.string(), v.email())),
        note: v.optional(v.pipe(v.string(), v.maxLength(3))),
      }),
    },
    metric: { queue_latency_ms: v.strictObject({ queue: v.string() }), uptime_s: null },
    error: { source_error: v.object({ source: v.string() }) },
  },
  { open: ["log", "error"] },
);

/** A catalog of one event whose schema is written by hand. */
function checkWith(
  validate: (value: unknown) => unknown,
  attributes: object = {},
  vendor = "hand",
): readonly unknown[] {
  const schema: StandardSchema<object> = {
    "~standard": { version: 1, vendor, validate: (value) => validate(value) as StandardResult }, // Also what a schema must not answer.
  };
  return defineCatalog({ log: { line: schema } }).check("log", "line", { ...attributes });
}

function split(event: string): [type: string, name: string] {
  const [type = "", name = ""] = event.split(" ");
  return [type, name];
}

describe("a catalog's check of types and names", () => {
  it.each<[string, string, object | undefined]>([
    ["behavioral", "login_start", { method: "github" }],
    ["behavioral", "deploy_start", undefined],
    ["behavioral", "deploy_start", {}],
    ["metric", "queue_latency_ms", { queue: "a" }],
    ["metric", "queue_latency_ms", { queue: "a", value: 3 }],
    ["metric", "uptime_s", { value: 3 }],
    ["log", "anything", { any: "attribute" }],
    ["error", "not_defined", undefined],
  ])("accepts %s %s %j", (type, name, attributes) => {
    expect(catalog.check(type, name, attributes && { ...attributes })).toEqual([]);
  });

  it.each([
    [
      "behavorial login_start",
      "/event_type",
      'event_type is "behavorial" (did you mean "behavioral"?); the catalog allows behavioral, metric, error, log',
    ],
    [
      "active active",
      "/event_type",
      'event_type is "active"; the catalog allows behavioral, metric, error, log',
    ],
    [
      "login_start behavioral",
      "/event_type",
      'event_type is "login_start" (a name of type "behavioral": type and name look swapped); the catalog allows behavioral, metric, error, log',
    ],
    [
      "behavioral login_strat",
      "/event_name",
      'event_name is "login_strat" (did you mean "login_start"?); for type "behavioral" the catalog allows login_start, deploy_start, invite',
    ],
    [
      "behavioral uptime_s",
      "/event_name",
      'event_name is "uptime_s" (a name of type "metric"); for type "behavioral" the catalog allows login_start, deploy_start, invite',
    ],
    [
      "constructor name",
      "/event_type",
      'event_type is "constructor"; the catalog allows behavioral, metric, error, log',
    ],
    [
      "behavioral toString",
      "/event_name",
      'event_name is "toString"; for type "behavioral" the catalog allows login_start, deploy_start, invite',
    ],
  ])("refuses %s", (event, pointer, detail) => {
    const [type, name] = split(event);
    expect(catalog.check(type, name)).toEqual([{ code: "bad_type", pointer, detail }]);
  });

  it("lists at most 12 allowed names and says when nothing is allowed", () => {
    const names = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`event_${index}`, null]));
    expect(defineCatalog({ log: names }).check("log", "x")[0]?.detail).toMatch(/event_11 and 2 more$/);
    expect(defineCatalog({ log: {} }).check("log", "x")[0]?.detail).toMatch(/the catalog allows nothing$/);
  });
});

describe("a catalog's check of attributes", () => {
  it.each<[string, object | undefined, readonly [pointer: string, detail: string][]]>([
    ["behavioral login_start", undefined, [["/method", "attribute /method is missing"]]],
    [
      "behavioral login_start",
      { method: 3 },
      [["/method", 'attribute /method is number; it must be ("github" | "google")']],
    ],
    [
      "behavioral login_start",
      { method: null },
      [["/method", 'attribute /method is null; it must be ("github" | "google")']],
    ],
    [
      "behavioral deploy_start",
      { a: 1, "b/~": 2 },
      [
        ["/a", "attribute /a is not allowed: behavioral deploy_start has no attributes"],
        ["/b~1~0", "attribute /b~1~0 is not allowed: behavioral deploy_start has no attributes"],
      ],
    ],
    [
      "behavioral invite",
      { emails: ["a@example.com", []], extra: secret },
      [
        ["/emails/1", "attribute /emails/1 is array; it must be string"],
        ["/extra", "attribute /extra is not in its schema"],
      ],
    ],
    [
      "behavioral invite",
      { emails: [secret] },
      [["/emails/0", "attribute /emails/0 is string that its schema refuses"]],
    ],
    [
      "behavioral invite",
      { emails: [], note: secret },
      [["/note", "attribute /note is string; it must be <=3"]],
    ],
    [
      "metric uptime_s",
      { value: 3, queue: "a" },
      [["/queue", "attribute /queue is not allowed: metric uptime_s has no attributes"]],
    ],
    ["error source_error", { source: 1 }, [["/source", "attribute /source is number; it must be string"]]],
  ])("of %s %j names each problem", (event, attributes, expected) => {
    const [type, name] = split(event);
    const problems = catalog.check(type, name, attributes && { ...attributes });
    expect(problems.map(({ pointer, detail }) => [pointer, detail])).toEqual(expected);
    expect(problems.every(({ code }) => code === "bad_type")).toBe(true);
  });

  it("never repeats a value or the schema's own message", () => {
    const message = (issue: { received: string; input: unknown }): string =>
      `${issue.received} ${String(issue.input)}`;
    const schema = v.pipe(
      v.object({
        a: v.number(message),
        b: v.pipe(v.string(), v.minLength(99, message)),
        c: v.picklist(["x"], message),
        d: v.pipe(
          v.string(),
          v.rawCheck(({ dataset, addIssue }) =>
            addIssue({ expected: `not ${String(dataset.value)}`, message: secret }),
          ),
        ),
      }),
      v.check(() => false, message),
    );
    const attributes = { a: secret, b: secret, c: secret, d: secret };
    const problems = defineCatalog({ log: { line: schema } }).check("log", "line", attributes);
    expect(problems.map(({ pointer }) => pointer)).toEqual(["/a", "/b", "/c", "/d"]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it("passes on what a schema of another library expects only as a kind", () => {
    const issues = [
      { message: secret, path: ["a"], expected: "number", type: "x" },
      { message: secret, path: [{ key: "a" }], expected: secret, type: "x" },
      { message: secret, expected: { of: secret } },
    ];
    expect(checkWith(() => ({ issues }), { a: secret }, "zod")).toEqual([
      { code: "bad_type", pointer: "/a", detail: "attribute /a is string; it must be number" },
      { code: "bad_type", pointer: "/a", detail: "attribute /a is string that its schema refuses" },
      { code: "bad_type", pointer: "", detail: "the attributes together do not fit the schema" },
    ]);
  });

  it("reports at most 32 problems, each of bounded length", () => {
    const wide = v.object({ list: v.array(v.number()) });
    const list = Array.from({ length: 1_000 }, () => "x");
    expect(defineCatalog({ log: { line: wide } }).check("log", "line", { list })).toHaveLength(32);
    const key = `${"k".repeat(300)}\ud800`;
    const long = v.object({
      a: v.record(v.string(), v.picklist(Array.from({ length: 99 }, (_, index) => `choice ${index}`))),
    });
    const [problem] = defineCatalog({ log: { line: long } }).check("log", "line", { a: { [key]: 1 } });
    expect(problem?.pointer).toHaveLength(256);
    expect(problem?.detail.length).toBeLessThan(500);
  });
});

describe("a catalog's check with a schema that does not behave", () => {
  it("says that a schema is asynchronous, and leaves no rejection unhandled", () => {
    const detail =
      "the schema of log line is asynchronous; events are checked at once, so it must be synchronous";
    const expected = [{ code: "bad_type", pointer: "", detail }];
    expect(checkWith(async () => ({}))).toEqual(expected);
    expect(checkWith(() => Promise.reject(new Error(secret)))).toEqual(expected);
  });

  it.each<[string, (value: unknown) => unknown]>([
    [
      "throws",
      () => {
        throw new Error(secret);
      },
    ],
    ["answers nothing", () => undefined],
    ["answers issues that are none", () => ({ issues: [null] })],
    ["answers issues that are no list", () => ({ issues: secret.length })],
  ])("costs one problem when it %s", (_, validate) => {
    const detail =
      "the attributes of log line could not be checked: its schema, or an attribute when read, threw";
    expect(checkWith(validate, { a: secret })).toEqual([{ code: "bad_type", pointer: "", detail }]);
  });

  it("costs one problem when the attributes cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = {
      get method(): string {
        throw new Error(secret);
      },
    };
    for (const attributes of [proxy, throwing]) {
      const problems = catalog.check("behavioral", "login_start", attributes);
      expect(problems).toHaveLength(1);
      expect(JSON.stringify(problems)).not.toContain("hunter2");
      expect(catalog.check("behavioral", "deploy_start", attributes)).toHaveLength(1);
    }
  });
});
