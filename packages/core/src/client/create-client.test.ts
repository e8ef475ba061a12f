import { describe, expect, it } from "@jest/globals";
import type { Attributes } from "../event/activity-event.ts";
import { parseEventText } from "../event/parse-event.ts";
import type { Sink } from "../ports/sink.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import type { Client, ClientOptions } from "./client.ts";
import { createClient } from "./create-client.ts";

const at = "2025-01-01T00:00:00.000Z";

function setUp(options: Partial<ClientOptions> = {}) {
  const sink = memorySink();
  const problems: unknown[] = [];
  const client = createClient({
    sink,
    clock: fakeClock(),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  return { sink, client, problems };
}

const numbersOf = (sink: { events: readonly { event_id: string }[] }): number[] =>
  sink.events.map(({ event_id }) => Number(event_id.split(".")[1]));

describe("an event of a client", () => {
  it("has the four fields first, then what the client knows, then what the call says", () => {
    const { sink, client } = setUp({
      service: { name: "admin-server", version: "1.4.0", commit: "abc" },
      isDev: false,
      installId: "i-1",
      attributes: { region: "eu" },
    });
    client.track("login_start", { method: "github" });
    const [text = ""] = sink.texts;
    const source = /^\{"event_id":"([\w-]{21})\.1",/.exec(text)?.[1];
    expect(text).toBe(
      `{"event_id":"${source}.1","event_time":"${at}","event_type":"behavioral","event_name":"login_start",` +
        '"service_name":"admin-server","service_version":"1.4.0","service_commit":"abc","is_dev":false,' +
        '"install_id":"i-1","region":"eu","method":"github"}',
    );
    expect(parseEventText(text).problems).toBeUndefined();
  });

  it.each<[string, (client: Client) => void, object]>([
    ["track", (client) => client.track("a"), { event_type: "behavioral", event_name: "a" }],
    ["record", (client) => client.record("log", "a", { b: 1 }), { event_type: "log", event_name: "a", b: 1 }],
    [
      "recordMetric",
      (client) => client.recordMetric("a", 5),
      { event_type: "metric", event_name: "a", value: 5 },
    ],
    [
      "recordMetric with attributes",
      (client) => client.recordMetric("a", 5, { b: 1 }),
      { event_type: "metric", value: 5, b: 1 },
    ],
    ["recordMetric of NaN", (client) => client.recordMetric("a", Number.NaN), { value: "NaN" }],
    [
      "recordError",
      (client) => client.recordError("oops"),
      { event_type: "error", event_name: "error", message: "oops" },
    ],
  ])("is made by %s", (_, call, json) => {
    const { sink, client, problems } = setUp();
    call(client);
    expect(sink.events).toMatchObject([{ event_time: at, ...json }]);
    expect(problems).toEqual([]);
  });

  it.each([[undefined], [{}], [{ a: undefined }]])("may have no attributes: %p", (attributes) => {
    for (const options of [{}, { attributes: { client: 1 } }]) {
      const { sink, client, problems } = setUp(options);
      client.track("a", attributes);
      client.track("b");
      expect(sink.texts.map((text) => JSON.parse(text))).toMatchObject([
        { event_name: "a" },
        { event_name: "b" },
      ]);
      expect(problems).toEqual([]);
    }
  });

  it("has the time of the clock, also when that stands still or jumps", async () => {
    const clock = fakeClock();
    const { sink, client } = setUp({ clock });
    for (const ms of [0, 0, 1, 999, 3_600_000]) {
      await clock.advance(ms);
      client.track("a");
    }
    expect(sink.events.map(({ event_time }) => event_time.slice(11))).toEqual([
      "00:00:00.000Z",
      "00:00:00.000Z",
      "00:00:00.001Z",
      "00:00:01.000Z",
      "01:00:01.000Z",
    ]);
  });
});

describe("layers of attributes", () => {
  it("lie over each other: client, context, call, then a metric's value", () => {
    const { sink, client } = setUp({
      attributes: { client: 1, context: 1, call: 1, value: 1 },
      context: () => ({ context: 2, call: 2, value: 2 }),
    });
    client.recordMetric("m", 4, { call: 3, value: 3 });
    client.record("log", "a", { call: 3 });
    expect(sink.events).toMatchObject([
      { client: 1, context: 2, call: 3, value: 4 },
      { client: 1, context: 2, call: 3, value: 2 },
    ]);
  });

  it("are all there when nothing collides", () => {
    const { sink, client } = setUp({ attributes: { a: 1 }, context: () => ({ b: 2 }) });
    client.recordMetric("m", 4, { c: 3 });
    expect(sink.events).toMatchObject([{ a: 1, b: 2, c: 3, value: 4 }]);
  });

  it("ask for the context at every event", () => {
    let n = 0;
    const { sink, client } = setUp({ context: () => (n++ === 0 ? undefined : { n }) });
    for (const name of ["a", "b", "c"]) client.track(name);
    expect(sink.events.map(({ n: seen }) => seen)).toEqual([undefined, 2, 3]);
  });

  it("know options before attributes of the client", () => {
    const { sink, client } = setUp({ isDev: true, installId: "1", attributes: { install_id: "2" } });
    client.track("a");
    expect(sink.events).toMatchObject([{ is_dev: true, install_id: "2" }]);
  });

  it("may be Maps wherever they come from", () => {
    const map = (key: string): Attributes => new Map([[key, key]]) as unknown as Attributes;
    const { sink, client, problems } = setUp({ attributes: map("a"), context: () => map("b") });
    client.recordMetric("m", 1, map("c"));
    client.with(map("d")).track("t", map("e"));
    expect(sink.events).toMatchObject([
      { a: "a", b: "b", c: "c", value: 1 },
      { a: "a", b: "b", d: "d", e: "e" },
    ]);
    expect(problems).toEqual([]);
  });

  it.each(['{"x":1}', "1", "null"])("name what cannot be read in any of them: a __proto__ of %s", (value) => {
    const bad = (key: string): Attributes => JSON.parse(`{"${key}_keep":1,"__proto__":${value}}`);
    const { sink, client } = setUp({ context: () => bad("context") });
    client.track("a", bad("call"));
    expect(sink.events).toMatchObject([{ context_keep: 1, call_keep: 1, encoding_problems: ["__proto__"] }]);
  });

  it("are refused by a strict client where one of its own cannot be used", () => {
    const make = (): unknown => setUp({ attributes: { event_id: "x" }, strict: true });
    expect(make).toThrow("attributes were cut or left out: event_id");
    const { client } = setUp({ strict: true });
    expect(() => client.with({ event_id: "x" })).toThrow("left out: event_id");
  });

  it("tell what of the client's own could not be used", () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, index]));
    const wrong = setUp({ attributes: { event_id: "x", keep: 1 } });
    expect(wrong.problems).toMatchObject([
      { code: "altered", message: "attributes were cut or left out: event_id" },
    ]);
    wrong.client.with(many).track("a");
    expect(wrong.problems).toMatchObject([
      {},
      { code: "altered", message: "attributes were cut or left out: …" },
    ]);
    expect(Object.keys(wrong.sink.events[0] ?? {})).toHaveLength(250);
  });
});

describe("a child", () => {
  it("adds its attributes and shares numbers, sink and counts", () => {
    const { sink, client } = setUp({ attributes: { a: 1, b: 1 } });
    const child = client.with({ b: 2, c: 2 });
    const grandchild = child.withUser("u-1");
    client.track("x");
    child.track("x", { d: 1 });
    grandchild.track("x", { c: 3 });
    client.track(" ");
    child.track("x");
    expect(sink.events).toMatchObject([
      { a: 1, b: 1 },
      { a: 1, b: 2, c: 2, d: 1 },
      { a: 1, b: 2, c: 3, user_id: "u-1" },
      { a: 1, b: 2, c: 2 },
    ]);
    expect(sink.events[0]).not.toHaveProperty("c");
    expect(numbersOf(sink)).toEqual([1, 2, 3, 4]);
    expect(new Set(sink.events.map(({ event_id }) => event_id.split(".")[0])).size).toBe(1);
    expect(child.stats()).toEqual(client.stats());
    expect(client.stats()).toMatchObject({ recorded: 4, refused: 1 });
  });

  it("takes its attributes when it is made", () => {
    const { sink, client } = setUp();
    const attributes = { a: 1 };
    const child = client.with(attributes);
    attributes.a = 2;
    child.track("x");
    expect(sink.events).toMatchObject([{ a: 1 }]);
  });

  it("without a user has lost the one of its parent", () => {
    const { sink, client } = setUp({ attributes: { user_id: "u-1" } });
    client.with({ user_id: undefined }).track("x");
    expect(sink.events[0]).not.toHaveProperty("user_id");
  });
});

describe("numbers", () => {
  it("are 1, 2, 3 … whatever was refused, filtered and sampled out in between", () => {
    const clock = fakeClock();
    const { sink, client } = setUp({
      clock,
      beforeRecord: (event) => (event.event_name === "filtered" ? null : event),
      sample: (_, name) => (name === "sampled" ? 0 : 1),
    });
    for (const name of ["a", "filtered", "", "b", "sampled", "c"]) client.track(name);
    client.track("d", [] as unknown as Attributes);
    client.track("e", { bad: Symbol.iterator, big: 1n });
    expect(numbersOf(sink)).toEqual([1, 2, 3, 4]);
    expect(client.stats()).toMatchObject({ recorded: 4, refused: 2, filtered: 1, sampledOut: 1 });
  });

  it("belong to a source of each client", () => {
    const [first, second] = [setUp(), setUp()];
    first.client.track("a");
    second.client.track("a");
    expect(first.sink.events[0]?.event_id).not.toBe(second.sink.events[0]?.event_id);
    expect([...numbersOf(first.sink), ...numbersOf(second.sink)]).toEqual([1, 1]);
  });

  it("give way to ids of the host", () => {
    let n = 0;
    const { sink, client } = setUp({ createId: () => `"id\\${++n}` });
    client.track("a");
    client.track("b", { c: 1 });
    expect(sink.events.map(({ event_id }) => event_id)).toEqual(['"id\\1', '"id\\2']);
  });

  it.each([[""], ["a b"], ["é"], ["x".repeat(129)], [7], [undefined], [null]])(
    "refuse the id %p of the host",
    (id) => {
      const { sink, client, problems } = setUp({ createId: () => id as string });
      client.track("a");
      expect(sink.events).toEqual([]);
      expect(problems).toMatchObject([
        { code: "refused", eventName: "a", problems: [{ pointer: "/event_id" }] },
      ]);
      expect(client.stats().refused).toBe(1);
    },
  );
});

describe("heads of types and names", () => {
  it("stay right for more of them than are kept", () => {
    const { sink, client } = setUp({ attributes: { a: 1 } });
    const names = Array.from({ length: 1_200 }, (_, index) => `name_${index % 700}`);
    for (const [index, name] of names.entries()) client.record(`type_${index % 3}`, name, { index });
    expect(sink.events.map(({ event_name }) => event_name)).toEqual(names);
    expect(sink.events.map(({ event_type }) => event_type)).toEqual(
      names.map((_, index) => `type_${index % 3}`),
    );
    expect(sink.events.every((event, index) => event["index"] === index && event["a"] === 1)).toBe(true);
  });

  it("escape what users typed", () => {
    const { sink, client } = setUp();
    client.record('t"\\', "支\u{1f600}\n", { a: 1 });
    client.record('t"\\', "支\u{1f600}\n");
    expect(sink.events).toMatchObject(Array(2).fill({ event_type: 't"\\', event_name: "支\u{1f600}\n" }));
  });
});

describe("an option", () => {
  const sink = memorySink();
  it.each<[string, object, string]>([
    ["sink", {}, "sink is undefined; it must be a sink"],
    ["sink", { sink: null }, "sink is null; it must be a sink"],
    ["sink", { sink: { write: () => {} } }, "sink is object; it must be a sink"],
    ["sample", { sink, sample: 0 }, "sample is 0; it must be in (0, 1]"],
    ["sample", { sink, sample: 1.01 }, "sample is 1.01; it must be in (0, 1]"],
    ["sample", { sink, sample: -0.5 }, "sample is -0.5; it must be in (0, 1]"],
    ["sample", { sink, sample: Number.NaN }, "sample is NaN; it must be in (0, 1]"],
    ["sample", { sink, sample: null }, "sample is null; it must be in (0, 1]"],
    ["maxEventBytes", { sink, maxEventBytes: 8_191 }, "maxEventBytes is 8191; it must be 8192 or more"],
    ["maxEventBytes", { sink, maxEventBytes: Number.NaN }, "maxEventBytes is NaN; it must be 8192 or more"],
  ])("that is unusable throws: %s %p", (_, options, message) => {
    expect(() => createClient(options as ClientOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message }),
    );
  });

  it.each([{ sample: 1 }, { sample: 0.001 }, { maxEventBytes: 8_192 }])(
    "may be at its limit: %p",
    (options) => {
      expect(() => createClient({ sink, ...options })).not.toThrow();
    },
  );

  it("maxEventBytes bounds every event, also one without attributes of its own", () => {
    const {
      sink: kept,
      client,
      problems,
    } = setUp({ maxEventBytes: 8_192, attributes: { blob: "é".repeat(6_000) } });
    client.track("alone");
    client.track("joined", { a: 1 });
    client.with({ blob: 1 }).track("large", { text: "x".repeat(9_000) });
    expect(kept.texts.map((text) => Buffer.byteLength(text) <= 8_192)).toEqual([true, true, true]);
    expect(kept.events).toMatchObject([
      { truncated: true, truncated_attributes: ["blob"] },
      { a: 1, truncated_attributes: ["blob"] },
      { blob: 1, truncated_attributes: ["text"] },
    ]);
    expect(problems).toMatchObject(
      [
        ["alone", "blob"],
        ["joined", "blob"],
        ["large", "text"],
      ].map(([eventName, detail]) => ({
        code: "altered",
        eventName,
        eventType: "behavioral",
        message: `attributes were cut or left out: ${detail}`,
        problems: [{ detail }],
      })),
    );
  });
});

describe("a client and its sink", () => {
  it("shares its handler of problems where the sink has none", () => {
    const onProblem = (): void => {};
    const bare: Sink = memorySink();
    createClient({ sink: bare, onProblem: () => {} });
    expect(bare.onProblem).toBeInstanceOf(Function);
    const own: Sink = { ...memorySink(), onProblem };
    createClient({ sink: own });
    expect(own.onProblem).toBe(onProblem);
  });

  it("flushes it and says what it says", async () => {
    const given: unknown[] = [];
    const { sink, client } = setUp({
      sink: {
        ...memorySink(),
        flush: async (options) => {
          given.push(options);
          return memorySink().stats();
        },
      },
    });
    expect(sink.events).toEqual([]);
    client.track("");
    expect(await client.flush({ timeoutMs: 5 })).toEqual(client.stats());
    expect(given).toEqual([{ timeoutMs: 5 }]);
    expect(client.stats()).toMatchObject({ recorded: 0, refused: 1, filtered: 0, sampledOut: 0, pending: 0 });
  });
});
