/**
 * What one `record()` costs, beside `JSON.stringify` of the same full object and, with `--peers`, beside pino and
 * @segment/analytics-node. The clock stands still for all, so that nobody is charged for asking the time.
 */
import {
  type ActivityEvent,
  type Client,
  type ClientOptions,
  createClient,
  memorySink,
  noopSink,
  type Sink,
} from "@activity/core";
import { checkFields } from "../packages/core/dist/event/check-envelope.js";
import { type Arm, measure } from "./support/measure.ts";
import { createReport } from "./support/report.ts";
import {
  common,
  commonOnWire,
  installId,
  type SampleCall,
  sampleCalls,
  service,
} from "./support/sample-events.ts";

const eventsPerRound = 100_000;
const nowMs = Date.parse("2026-03-01T12:30:00.250Z");
const time = new Date(nowMs).toISOString();
const clock = { now: () => nowMs, random: () => 0.5 };
const page = Buffer.alloc(65_536);
let held = 0;

/** A call, and the event it makes as an object that is there already. */
interface Sample extends SampleCall {
  readonly full: object;
}

const report = createReport({ kind: "bench", name: "record" });
const textClient = clientInto((event) => event.text.length);
const byteClient = clientInto((event) => page.write(event.text));
const memory = memorySink();
const memoryClient = createClient({ ...clientOptions(), sink: memory });

const arms: Arm<Sample>[] = [
  {
    name: "JSON.stringify",
    run: (calls) => sum(calls, ({ full }) => JSON.stringify(full).length),
  },
  {
    name: "JSON.stringify as bytes",
    run: (calls) => sum(calls, ({ full }) => page.write(JSON.stringify(full))),
  },
  { name: "record", run: (calls) => recordAll(textClient, calls) },
  { name: "record as bytes", run: (calls) => recordAll(byteClient, calls) },
  {
    name: "record into memorySink",
    before: memory.clear,
    run: (calls) => recordAll(memoryClient, calls),
    after: memory.clear,
  },
  handCheckArm(),
];
if (report.withPeers) arms.push(...(await pinoArms()), await segmentArm());

const [sample] = samples(1, 1);
report.note(
  `${eventsPerRound} events a round, 8 flat attributes over 7 of the client, about ${Buffer.byteLength(JSON.stringify(sample?.full))} bytes each; ids <source>.<n>`,
);
const measured = await measure(arms, { items: (round) => samples(eventsPerRound, round), rounds: 7 });
report.arms(measured);
report.figure("ratio_to_json_stringify", measured.ratio("record", "JSON.stringify"));
report.figure(
  "ratio_to_json_stringify_as_bytes",
  measured.ratio("record as bytes", "JSON.stringify as bytes"),
);
report.figure("record_us", measured.arm("record into memorySink").wallUs);
const check = measured.arm("hand check of the four fields").wallUs;
report.figure("hand_check_ns", {
  median: check.median * 1_000,
  min: check.min * 1_000,
  max: check.max * 1_000,
});
if (report.withPeers) {
  report.figure("ratio_to_pino", measured.ratio("record", "pino to a null stream"));
  report.figure(
    "ratio_to_segment_track",
    measured.ratio("record into memorySink", "@segment/analytics-node track"),
  );
}
report.end();

function clientOptions(): Omit<ClientOptions, "sink"> {
  return {
    service,
    installId,
    isDev: false,
    attributes: common,
    clock,
  };
}

function clientInto(take: (event: ActivityEvent) => number): Client {
  const sink: Sink = {
    ...noopSink(),
    record: (event) => {
      held += take(event);
    },
  };
  return createClient({ ...clientOptions(), sink });
}

function recordAll(client: Client, calls: readonly Sample[]): number {
  for (const { name, attributes } of calls) client.track(name, attributes);
  return held;
}

function sum(calls: readonly Sample[], cost: (call: Sample) => number): number {
  for (const call of calls) held += cost(call);
  return held;
}

function samples(count: number, seed: number): readonly Sample[] {
  return sampleCalls(count, seed).map((call, n) => ({ ...call, full: fullObject(call, n + 1) }));
}

function fullObject({ name, attributes }: SampleCall, n: number): object {
  return {
    event_id: `AAAAAAAAAAAAAAAAAAAAA.${n}`,
    event_time: time,
    event_type: "behavioral",
    event_name: name,
    ...commonOnWire,
    ...attributes,
  };
}

/** Over objects that were parsed before the measurement, as a server has them, each of its own time and day. */
function handCheckArm(): Arm<Sample> {
  let parsed: readonly object[] = [];
  return {
    name: "hand check of the four fields",
    before: () => {
      parsed = samples(500, 3).map(({ full }, n) => {
        const event_time = new Date(nowMs + n * 23_456_789).toISOString();
        return JSON.parse(JSON.stringify({ ...full, event_time })) as object;
      });
    },
    run: (calls) => {
      for (let index = 0; index < calls.length; index++)
        held += checkFields(parsed[index % parsed.length] as object).length; // Not empty.
      return held;
    },
  };
}

/** One that writes what a record writes, and one as it is without an id, a type and a question to the clock. */
async function pinoArms(): Promise<Arm<Sample>[]> {
  const { pino } = await import("pino");
  const stream = {
    write: (line: string) => {
      held += line.length;
    },
  };
  let n = 0;
  const full = pino<"behavioral">(
    {
      base: commonOnWire,
      timestamp: momentWriter(),
      mixin: () => ({ event_id: `AAAAAAAAAAAAAAAAAAAAA.${++n}` }), // As pino's manual numbers lines.
      customLevels: { behavioral: 35 },
      formatters: { level: (event_type) => ({ event_type }) },
      messageKey: "event_name",
    },
    stream,
  );
  const bare = pino({ base: commonOnWire, timestamp: () => `,"event_time":"${time}"` }, stream);
  report.note(
    `pino ${pino["version"]}: base attributes bound once, the type as a level, the name as the message, the time's text kept for its millisecond, a numbered id by mixin, synchronous null stream; the ratio is to this one. Without ids: no id, no type, a fixed time`,
  );
  return [
    {
      name: "pino to a null stream",
      run: (calls) => {
        for (const { name, attributes } of calls) full.behavioral(attributes, name);
        return held;
      },
    },
    {
      name: "pino to a null stream, without ids",
      run: (calls) => {
        for (const { name, attributes } of calls) bare.info(attributes, name);
        return held;
      },
    },
  ];
}

/** Writes the time that the clock shows, as cheaply as a client does. */
function momentWriter(): () => string {
  const { now } = clock;
  let momentMs = Number.NaN;
  let text = "";
  return () => {
    const ms = now();
    if (ms !== momentMs) {
      text = `,"event_time":"${new Date(ms).toISOString()}"`;
      momentMs = ms;
    }
    return text;
  };
}

/** Nothing listens at the address; its queue is bounded by its own default, and what it drops costs it nothing. */
async function segmentArm(): Promise<Arm<Sample>> {
  const { Analytics } = await import("@segment/analytics-node");
  const analytics = new Analytics({
    writeKey: "none",
    host: "http://127.0.0.1:9",
    flushAt: 1_000,
    maxRetries: 0,
    httpClient: () => Promise.resolve({ ok: true, status: 200, statusText: "OK" } as Response),
  });
  analytics.on("error", () => undefined);
  report.note("@segment/analytics-node: flushAt 1,000, an HTTP client that says 200 at once");
  return {
    name: "@segment/analytics-node track",
    run: async (calls) => {
      for (const { name, attributes } of calls)
        analytics.track({ userId: installId, event: name, properties: { ...commonOnWire, ...attributes } });
      await analytics.flush();
      return held;
    },
  };
}
