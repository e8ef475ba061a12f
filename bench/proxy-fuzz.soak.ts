/**
 * A million bodies for the proxy, built of slices that are marked good or bad before anything happens to them. Every
 * good event of a line must arrive as it was sent, whatever stands beside it, and nothing that is no event may.
 *
 * `--bodies=N` and `--seed=N` run another number of them, or other ones.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import {
  type ActivityEvent,
  createProxy,
  noopSink,
  type ProxyAnswer,
  type ProxyRequest,
} from "@activity/proxy";
import { isValidEvent } from "./support/fuzz-oracle.ts";
import { createRandom } from "./support/fuzz-random.ts";
import { badSlice, type FuzzSlice, goodSlice } from "./support/fuzz-slices.ts";
import { createReport } from "./support/report.ts";

/** A body, and what must become of it. */
interface FuzzBody {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** The events that must arrive, in order. */
  readonly expected: readonly string[];
  /** Whether others may: bytes were changed, and what was bad may have become good. */
  readonly mutated: boolean;
  /** Whether the change may have spoiled good events too. */
  readonly torn: boolean;
}

const hangMs = 60_000;
const report = createReport({ kind: "soak", name: "proxy-fuzz" });
const bodies = numberFlag("bodies") ?? 1_000_000;
const seed = numberFlag("seed") ?? 1;
const random = createRandom(seed);
const counts = {
  bodies: 0,
  crashes: 0,
  hangs: 0,
  invalid_events_forwarded: 0,
  good_events_lost: 0,
  wrong_answers: 0,
  good_events: 0,
  bad_slices: 0,
  mutated_bodies: 0,
};
let arrived: ActivityEvent[] = [];
const proxy = createProxy({
  sink: {
    ...noopSink(),
    write: async (events) => {
      arrived.push(...events);
      return { state: "done", reached: "delivered" };
    },
  },
  dedupe: { maxIds: 10_000 },
  onProblem: ({ code, cause }) => {
    if (code !== "failed") return;
    counts.crashes++;
    report.note(`failed: ${String(cause)}`);
  },
});
process.on("uncaughtException", (error) => {
  counts.crashes++;
  report.note(`uncaught: ${String(error)}`);
});

for (let count = 0; count < bodies; count++) await send(makeBody());
report.note(`${bodies} bodies of seed ${seed}`);
for (const [name, value] of Object.entries(counts)) report.figure(name, value);
report.end();

async function send(body: FuzzBody): Promise<void> {
  arrived = [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, hangMs, undefined);
  });
  try {
    const answer = await Promise.race([proxy.handle(requestOf(body)), late]);
    if (answer === undefined) counts.hangs++;
    else judge(body, answer);
  } catch (error) {
    counts.crashes++;
    report.note(`rejected: ${String(error)}`);
  }
  clearTimeout(timer);
  counts.bodies++;
}

function judge(body: FuzzBody, { status, body: text }: ProxyAnswer): void {
  const expected = new Set(body.expected);
  const before = counts.invalid_events_forwarded + counts.good_events_lost + counts.wrong_answers;
  for (const event of arrived) {
    if (expected.delete(event.text)) continue;
    // What was changed may be an event by now; nothing else may.
    if (!body.mutated || !isValidEvent(event.text)) counts.invalid_events_forwarded++;
  }
  if (!body.torn) counts.good_events_lost += expected.size;
  const answer = JSON.parse(text) as { accepted?: number; code?: string }; // Every answer is JSON.
  const honest =
    status === 202
      ? answer.accepted === arrived.length
      : arrived.length === 0 && (status === 400 || status === 422);
  if (!honest) counts.wrong_answers++;
  const after = counts.invalid_events_forwarded + counts.good_events_lost + counts.wrong_answers;
  if (after > before && after < 20)
    report.note(
      `${status} for ${body.contentType} ${JSON.stringify(body.bytes.toString("latin1").slice(0, 2_000))}`,
    );
}

function makeBody(): FuzzBody {
  const form = random.pick([
    "ndjson",
    "ndjson",
    "ndjson",
    "array",
    "wrapper",
    "text lines",
    "text array",
    "text wrapper",
  ]);
  const lines = form === "ndjson" || form === "text lines";
  const slices: FuzzSlice[] = [];
  for (let count = random.below(8) + 1; count > 0; count--)
    slices.push(random.chance(0.5) ? goodSlice(random) : badSlice(random));
  const whole = lines || slices.every(({ isJson }) => isJson);
  const mutated = random.chance(0.5);
  // The bad slices of lines, and the whole of anything else.
  const parts = slices.map(({ bytes, good }) =>
    lines && mutated && good === undefined ? mutate(bytes) : bytes,
  );
  const joined = lines
    ? join(parts, random.pick(["\n", "\r\n", " \n\n"]))
    : wrap(join(parts, random.pick([",", " , ", ",\n"])), form);
  const good = slices.flatMap((slice) => slice.good ?? []);
  counts.good_events += good.length;
  counts.bad_slices += slices.length - good.length;
  if (mutated) counts.mutated_bodies++;
  return {
    bytes: lines || !mutated ? joined : mutate(joined),
    contentType: form.startsWith("text")
      ? "text/plain;charset=UTF-8"
      : lines
        ? "application/x-ndjson"
        : "application/json",
    expected: whole ? good : [],
    // Two halves may happen to make a whole; and a line of plain text may be JSON.
    mutated: mutated || !whole || form.startsWith("text"),
    torn: mutated && !lines,
  };
}

/** A few bytes changed, put in or taken out; never a line feed, which would make another line. */
function mutate(bytes: Buffer): Buffer {
  const changed = [...bytes.subarray(0, 4_000)];
  for (let edits = random.below(3) + 1; edits > 0; edits--) {
    const byte = random.chance(0.5)
      ? random.below(256)
      : '{}[]",:\\ 0et'.charCodeAt(random.below(12)) || 0x20;
    const at = random.below(changed.length + 1);
    if (byte !== 0x0a) changed.splice(at, random.below(2), ...(random.chance(0.7) ? [byte] : []));
  }
  return Buffer.concat([Buffer.from(changed), bytes.subarray(4_000)]);
}

function wrap(elements: Buffer, form: string): Buffer {
  const [before, after] = form.endsWith("array")
    ? ["[", "]"]
    : ['{"batch_id":"batch-1234567890","events":[', "]}"];
  return Buffer.concat([Buffer.from(before), elements, Buffer.from(after)]);
}

function join(parts: readonly Buffer[], between: string): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(between), part])));
}

function requestOf({ bytes, contentType }: FuzzBody): ProxyRequest {
  const isCoded = random.chance(0.02);
  const wire = isCoded ? gzipSync(bytes) : bytes;
  const headers: Readonly<Record<string, string | undefined>> = {
    "content-type": contentType,
    ...(isCoded ? { "content-encoding": "gzip" } : {}),
  };
  return {
    method: "POST",
    header: (name) => headers[name],
    body: () => ({
      kind: "stream",
      read: async (take) => {
        const size = random.chance(0.2) ? 1 + random.below(40) : 65_536;
        for (let at = 0; at < wire.length; at += size) take(wire.subarray(at, at + size));
      },
    }),
    decoders: { gzip: async (coded, maxBytes) => gunzipSync(coded, { maxOutputLength: maxBytes }) },
    native: undefined,
  };
}

function numberFlag(name: string): number | undefined {
  const flag = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return flag === undefined ? undefined : Number(flag.split("=")[1]);
}
