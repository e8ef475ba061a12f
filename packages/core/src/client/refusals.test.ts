import { describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import { defineCatalog } from "../catalog/define-catalog.ts";
import type { Problem } from "../errors/problem.ts";
import { parseEventText } from "../event/parse-event.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import type { Client, ClientOptions } from "./client.ts";
import { createClient } from "./create-client.ts";

function setUp(options: Partial<ClientOptions> = {}) {
  const sink = memorySink();
  const problems: Problem[] = [];
  const client = createClient({ sink, onProblem: (problem) => problems.push(problem), ...options });
  return { sink, client, problems };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const then = "then";
const fail = (): never => {
  throw new Error("no");
};

describe("an event that fails its checks", () => {
  it.each<[string, unknown, unknown, string, string]>([
    ["a blank name", "log", "  ", "empty", "/event_name"],
    ["no name", "log", undefined, "missing_field", "/event_name"],
    ["a name of another type", "log", { a: 1 }, "bad_type", "/event_name"],
    ["a boxed name", "log", Object("a"), "bad_type", "/event_name"],
    ["a long name", "log", "n".repeat(257), "too_long", "/event_name"],
    ["half a surrogate pair in the name", "log", "a\ud800", "bad_unicode", "/event_name"],
    ["a blank type", "", "a", "empty", "/event_type"],
    ["no type", null, "a", "bad_type", "/event_type"],
    ["a long type", "t".repeat(129), "a", "too_long", "/event_type"],
  ])("is refused, counted and told, each time: %s", (_, type, name, code, pointer) => {
    const { sink, client, problems } = setUp();
    for (let time = 0; time < 2; time++) client.record(type as string, name as string, { secret: "s3cret" });
    expect(sink.events).toEqual([]);
    expect(client.stats()).toMatchObject({ refused: 2, recorded: 0 });
    const problem = { code: "refused", problems: [{ code, pointer }], eventType: type, eventName: name };
    expect(problems).toMatchObject([problem, problem]);
    expect(problems[0]?.message).toBe(`an event was not recorded: ${problems[0]?.problems?.[0]?.detail}`);
    expect(problems[0]?.message).not.toContain("s3cret");
  });

  it("is told with everything that is wrong", () => {
    const { client, problems } = setUp();
    client.record("", "");
    expect(problems[0]?.problems?.map(({ pointer }) => pointer)).toEqual(["/event_type", "/event_name"]);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a list", [1, 2]],
    ["a text", "s3cret"],
    ["a number", 5_550_123],
    ["a function", fail],
    ["bytes", new Uint8Array(2)],
  ])("may fail them by its attributes as a whole: %s", (_, attributes) => {
    const { sink, client, problems } = setUp();
    const given = attributes as Record<string, unknown>;
    client.track("a", given);
    client.recordMetric("a", 1, given);
    client.recordError(new Error("e"), given);
    expect(sink.events).toEqual([]);
    const problem = { code: "bad_type", pointer: "", detail: "attributes must be an object" };
    expect(problems.map((told) => told.problems)).toEqual([[problem], [problem], [problem]]);
  });

  it.each<[string, Partial<ClientOptions>]>([
    ["the context", { context: fail }],
    ["the sampling", { sample: fail }],
    ["the hook", { beforeRecord: fail }],
    ["the clock", { clock: { now: fail, random: Math.random } }],
    ["the maker of ids", { createId: fail }],
    ["the sink", { sink: { ...memorySink(), record: fail } }],
  ])("may fail by what the host gave: %s", (_, options) => {
    const { client, problems } = setUp(options);
    client.track("a", { b: 1 });
    expect(problems).toMatchObject([
      { code: "refused", message: "an event was not recorded: Error: no", cause: new Error("no") },
    ]);
    expect(client.stats().refused).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ["a text", "oops", "oops"],
    ["undefined", undefined, "undefined"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["what has no text", Object.create(null), "an error that cannot be read was thrown"],
    ["a long error", new Error("x".repeat(10_000)), `Error: ${"x".repeat(249)}`],
  ])("may fail by whatever is thrown: %s", (_, thrown, why) => {
    const throws = (): never => {
      throw thrown;
    };
    const { client, problems } = setUp({ context: throws });
    client.track("a");
    expect(problems[0]?.message).toBe(`an event was not recorded: ${why}`);
  });

  it.each([Number.NaN, 8.64e15 + 1, 253_402_300_800_000, -62_167_219_200_001])(
    "may fail by a clock that shows %p, and is never recorded without a time",
    (ms) => {
      const { sink, client } = setUp({ clock: { now: () => ms, random: Math.random } });
      client.track("a");
      client.track("a");
      expect(sink.texts).toEqual([]);
      expect(client.stats().refused).toBe(2);
    },
  );

  it("does not spoil the next one", () => {
    let ms = 8.64e15 + 1;
    const { sink, client } = setUp({ clock: { now: () => ms, random: Math.random } });
    client.track("a");
    ms = 253_402_300_799_999;
    client.track("b");
    expect(sink.events).toMatchObject([{ event_name: "b", event_time: "9999-12-31T23:59:59.999Z" }]);
  });
});

describe("an event whose attributes had to be changed", () => {
  it("is recorded, and told as altered", () => {
    const { sink, client, problems } = setUp();
    client.track("a", { event_id: "evil", keep: 1 });
    expect(sink.events).toMatchObject([{ keep: 1, encoding_problems: ["event_id"] }]);
    expect(problems).toEqual([
      {
        code: "altered",
        message: "attributes were cut or left out: event_id",
        problems: [{ code: "bad_type", pointer: "", detail: "event_id" }],
        eventType: "behavioral",
        eventName: "a",
      },
    ]);
    expect(client.stats()).toMatchObject({ recorded: 1, refused: 0 });
  });

  it("names each attribute, and never a value: not encoded, cut, too many", () => {
    const { client, problems } = setUp({ maxEventBytes: 8_192 });
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, index]));
    const secret = "secret".repeat(2_000);
    client.track("a", {
      a: secret,
      get b() {
        throw new Error(secret);
      },
      "c/d": 1n,
      ...many,
    });
    expect(problems).toMatchObject([{ message: "attributes were cut or left out: b; a; …" }]);
    expect(JSON.stringify(problems)).not.toContain("secret");
  });

  it("is an error of a strict client that names them", () => {
    const { client } = setUp({ strict: true });
    const track = (): void => client.track("a", { event_id: "evil", truncated: true });
    const named = ["event_id", "truncated"].map((detail) => ({ code: "bad_type", pointer: "", detail }));
    expect(track).toThrow(expect.objectContaining({ code: "INVALID_EVENT", problems: named }));
  });
});

describe("type and name that look swapped", () => {
  it("are told once in development, and the event is recorded", () => {
    const { sink, client, problems } = setUp({ isDev: true });
    for (const name of ["first", "second"]) client.record(name, "behavioral");
    client.with({}).record("third", "metric");
    expect(problems).toEqual([
      {
        code: "swapped",
        message: "type and name look swapped: first, behavioral",
        eventType: "first",
        eventName: "behavioral",
      },
    ]);
    expect(sink.events).toHaveLength(3);
  });

  it.each<[string, Partial<ClientOptions>, string, string]>([
    ["in production", { isDev: false }, "login", "behavioral"],
    ["where nobody said", {}, "login", "behavioral"],
    ["when both are types", { isDev: true }, "error", "error"],
    ["when neither is", { isDev: true }, "custom", "login"],
    ["when the name is one of every object", { isDev: true }, "custom", "constructor"],
  ])("are not told %s", (_, options, type, name) => {
    const { client, problems } = setUp(options);
    client.record(type, name);
    expect(problems).toEqual([]);
  });

  it("are told also when the type is a name of every object", () => {
    const { client, problems } = setUp({ isDev: true });
    client.record("toString", "metric");
    expect(problems).toHaveLength(1);
  });
});

describe("a catalog", () => {
  const catalog = defineCatalog({ behavioral: { login: v.object({ method: v.string() }) } });
  const make = (options: object) => {
    const { sink, client, problems } = setUp({ catalog, ...options } as Partial<ClientOptions>);
    client.track("login", { method: 3 });
    return { sink, client, problems };
  };

  it.each([
    [undefined, 1, "off_catalog"],
    ["report", 1, "off_catalog"],
    ["refuse", 0, "refused"],
    ["off", 1, undefined],
  ])("that is checked by %p lets %p events pass and tells %p", (catalogCheck, passed, code) => {
    const { sink, client, problems } = make({ catalogCheck });
    expect(sink.events).toHaveLength(passed);
    expect(problems.map((problem) => problem.code)).toEqual(code ? [code] : []);
    expect(client.stats().refused).toBe(1 - passed);
    if (code)
      expect(problems).toMatchObject([
        {
          eventType: "behavioral",
          eventName: "login",
          message: expect.stringContaining("attribute /method is number; it must be string"),
          problems: [{ code: "bad_type", pointer: "/method" }],
        },
      ]);
  });

  it.each(["report", "refuse"])("lets what it knows pass, and activity's own: %s", async (catalogCheck) => {
    const { sink, client, problems } = setUp({ catalog, catalogCheck } as unknown as Partial<ClientOptions>);
    client.track("login", { method: "github" });
    client.recordError(new Error("e"));
    await client.close();
    expect(sink.events).toHaveLength(3);
    expect(problems).toEqual([]);
  });
});

describe("a strict client", () => {
  const strictly = (call: (client: Client) => void, options: Partial<ClientOptions> = {}) => {
    const { client, problems, sink } = setUp({ strict: true, ...options });
    let thrown: unknown;
    try {
      call(client);
    } catch (error) {
      thrown = error;
    }
    expect(problems).toEqual([]);
    return { thrown, sink };
  };
  const catalog = defineCatalog({ behavioral: {} });

  it.each<[string, string, (client: Client) => void, object]>([
    ["a blank name", "INVALID_EVENT", (client) => client.track(""), {}],
    ["attributes that are none", "INVALID_EVENT", (client) => client.track("a", [] as never), {}],
    ["a reserved key", "INVALID_EVENT", (client) => client.track("a", { event_id: 1 }), {}],
    ["a large attribute", "INVALID_EVENT", (client) => client.track("a", { a: "x".repeat(50_000) }), {}],
    ["an event outside the catalog", "OFF_CATALOG", (client) => client.track("a"), { catalog }],
    [
      "the same, refused",
      "INVALID_EVENT",
      (client) => client.track("a"),
      { catalog, catalogCheck: "refuse" },
    ],
    ["type and name exchanged", "INVALID_EVENT", (client) => client.record("a", "metric"), { isDev: true }],
    ["a bad id", "INVALID_EVENT", (client) => client.track("a"), { createId: () => "" }],
    [
      "a closed client",
      "CLOSED",
      (client) => {
        void client.close();
        client.track("a");
      },
      {},
    ],
    [
      "a bad forward to a closed client",
      "INVALID_EVENT",
      (client) => {
        void client.close();
        client.forward("{}");
      },
      {},
    ],
  ])("throws for %s: %s", (_, code, call, options) => {
    const { thrown } = strictly(call, options);
    expect(thrown).toMatchObject({ name: "ActivityError", code, retryable: false });
  });

  it("throws with the problems, and with nothing for what is right", () => {
    expect(strictly((client) => client.track(" ")).thrown).toMatchObject({
      message: 'an event was not recorded: event_name is " "; it must be 1–256 characters, not all blank',
      problems: [{ code: "empty", pointer: "/event_name" }],
    });
    expect(strictly((client) => client.track("a", { b: 1 })).thrown).toBeUndefined();
  });

  it("throws what the host's own functions throw", () => {
    const cause = new Error("mine");
    const hook = (): never => {
      throw cause;
    };
    expect(strictly((client) => client.track("a"), { beforeRecord: hook }).thrown).toBe(cause);
  });
});

describe("a handler of problems", () => {
  it("that is not there is one warning on the console, and never another", () => {
    const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const sink = memorySink();
      const client = createClient({ sink });
      client.track("a");
      expect(warn).not.toHaveBeenCalled();
      for (let time = 0; time < 3; time++) client.track("");
      client.with({ event_id: 1 }).track("b", { event_id: 1 });
      expect(warn.mock.calls).toEqual([
        [
          'activity: an event was not recorded: event_name is ""; it must be 1–256 characters, not all blank (said once; set onProblem to hear all)',
        ],
      ]);
    } finally {
      warn.mockRestore();
    }
  });

  it.each<[string, () => unknown]>([
    ["throws", fail],
    ["is rejected", async () => fail()],
    ["returns a thenable that throws", () => ({ [then]: fail })],
    ["is none", null as unknown as () => void],
  ])("that %s is harmless", async (_, onProblem) => {
    const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
    const { sink, client } = setUp({ onProblem: onProblem as () => void });
    client.track("");
    client.track("a");
    expect(sink.events).toHaveLength(1);
    await nextTurn(); // An unhandled rejection would fail this run.
    warn.mockRestore();
  });

  it("may record an event of its own", () => {
    const sink = memorySink();
    const client: Client = createClient({
      sink,
      onProblem: ({ code }) => client.record("log", "problem", { code }),
    });
    client.track("");
    expect(sink.events).toMatchObject([{ event_name: "problem", code: "refused" }]);
  });
});

describe("whatever it is called with", () => {
  it("a client never throws, never leaves a rejection, and records only events", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const odd: unknown[] = [
      ...[proxy, new Proxy({}, { get: fail, has: fail, ownKeys: fail }), Object.create(null), Symbol("s")],
      ...[
        { [Symbol.toPrimitive]: fail },
        { toString: fail, valueOf: fail, toJSON: fail },
        new Proxy(fail, {}),
      ],
      ...[
        new Proxy([], {}),
        { [Symbol.iterator]: fail },
        { length: -1 },
        { a: proxy },
        new Error("e"),
        [proxy],
      ],
      ...["login", "behavioral", " ", Object.defineProperty({}, "a", { get: fail, enumerable: true })],
    ];
    // Behind a function each, since the test runner itself would stumble over them.
    const hostile = fc.oneof(
      fc.anything(),
      fc.nat(odd.length - 1).map((index) => () => odd[index]),
    );
    const sink = memorySink();
    const client = createClient({ sink, isDev: true, onProblem: () => {} });
    const any = client as unknown as Record<string, (...args: unknown[]) => unknown>;
    const methods = ["track", "record", "recordMetric", "recordError", "forward", "with", "withUser"];
    fc.assert(
      fc.property(fc.constantFrom(...methods), fc.array(hostile, { maxLength: 4 }), (method, args) => {
        any[method]?.(...args.map((arg) => (typeof arg === "function" ? arg() : arg)));
      }),
      { numRuns: 5_000, seed: 1 },
    );
    await nextTurn();
    expect(sink.texts.length).toBeGreaterThan(500);
    for (const text of sink.texts) expect(parseEventText(text).problems).toBeUndefined();
    const numbers = sink.texts.map((text) => Number(JSON.parse(text).event_id.split(".")[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
