/** The contracts against sinks and transports with one fault each. */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { createOutbox } from "../outbox/outbox.ts";
import type { Reason } from "../ports/reason.ts";
import type { Sink, WriteException } from "../ports/sink.ts";
import type { Transport } from "../ports/transport.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { failures, withFault } from "./contract-failures.ts";
import { fakeClock } from "./fake-clock.ts";
import { recordingTransport } from "./recording-transport.ts";
import { describeSinkContract } from "./sink-contract.ts";
import type { TestKit } from "./test-kit.ts";
import { describeTransportContract } from "./transport-contract.ts";

const failuresOf = (contract: (kit: TestKit) => void): Promise<readonly string[]> =>
  failures(contract, isDeepStrictEqual);

/** A sink's `write` whose answers name something else than they should. */
function withExceptions(sink: Sink, change: (exception: WriteException) => WriteException): Partial<Sink> {
  return {
    write: async (events, options) => {
      const outcome = await sink.write(events, options);
      return outcome.state === "refused" || outcome.except === undefined
        ? outcome
        : { ...outcome, except: outcome.except.map(change) };
    },
  };
}

function sinkFailures(break_: (sink: Sink) => Partial<Sink>): Promise<readonly string[]> {
  return failuresOf((kit) =>
    describeSinkContract({
      name: "a sink with a fault",
      kit,
      create: () => {
        const clock = fakeClock();
        const transport = recordingTransport({ limits: { maxEvents: 10 } });
        const sink = createOutbox(transport, createMemoryStore({ clock }), { clock });
        return {
          sink: withFault(sink, break_(sink)),
          arrived: () => transport.arrived,
          pass: (ms) => clock.advance(ms),
          stall: () => transport.hold(),
          heal: () => transport.release(),
          heldTimers: () => clock.pending.filter(({ unref }) => !unref).length,
        };
      },
    }),
  );
}

function transportFailures(break_: (transport: Transport) => Partial<Transport>): Promise<readonly string[]> {
  return failuresOf((kit) =>
    describeTransportContract({
      name: "a transport with a fault",
      kit,
      abortMs: 20,
      create: () => {
        let failing = false;
        const transport = recordingTransport({
          verdicts: () =>
            failing ? { kind: "retry", reason: { code: "unreachable" } } : { kind: "delivered" },
        });
        return {
          transport: withFault<Transport>(transport, break_(transport)),
          arrived: () => transport.arrived,
          fail: () => {
            failing = true;
          },
          stall: () => transport.hold(),
          heal: () => {
            failing = false;
            transport.release();
          },
        };
      },
    }),
  );
}

describe("the contract of a sink", () => {
  it("passes where there is no fault", async () => {
    expect(await sinkFailures(() => ({}))).toEqual([]);
  });

  it.each<[string, (sink: Sink) => Partial<Sink>, string]>([
    [
      "loses every event",
      () => ({ record: () => undefined }),
      "records without a promise and delivers in the end",
    ],
    [
      "flushes nothing",
      (sink) => ({ flush: async () => sink.stats() }),
      "flushes what was recorded before, also during another flush",
    ],
    ["waits for ever", () => ({ flush: () => new Promise(() => undefined) }), "ends a flush in time"],
    [
      "answers too early",
      (sink) => ({ write: (events) => sink.write(events, { until: "queued" }) }),
      "answers a write when it is delivered",
    ],
    [
      "takes what was aborted",
      (sink) => ({ write: (events) => sink.write(events) }),
      "refuses a write that was given up before it began, and takes nothing of it",
    ],
    [
      "calls everything withdrawn",
      (sink) => ({
        write: async (events, options) => {
          const outcome = await sink.write(events, options);
          return outcome.state === "refused" || outcome.except === undefined
            ? outcome
            : {
                ...outcome,
                except: outcome.except
                  .map((exception) => ({ ...exception, was: "withdrawn" as const }))
                  .slice(1),
              };
        },
      }),
      "takes back what was not sent, and says of the rest that it is unknown",
    ],
    [
      "miscounts",
      (sink) => ({ stats: () => ({ ...sink.stats(), delivered: 0 }) }),
      "delivers on close what was recorded before",
    ],
    [
      "rejects on close",
      (sink) => ({ close: () => sink.close().then(() => Promise.reject(new Error("broken"))) }),
      "closes once, however often it is told to",
    ],
    [
      "gives one snapshot for all",
      (sink) => {
        const ledger = {};
        return { stats: () => Object.assign(ledger, sink.stats()) };
      },
      "leaves earlier snapshots as they were",
    ],
    [
      "answers what need only be queued when it is delivered",
      (sink) => ({
        write: async (events, options) => {
          await sink.write(events, { ...options, until: "delivered" });
          return { state: "done", reached: options?.until ?? "delivered" };
        },
      }),
      "answers a write that need only be queued, although nothing answers there",
    ],
    [
      "names no reason for what an abort left",
      (sink) => withExceptions(sink, (exception) => ({ ...exception, reason: {} as Reason })),
      "takes back what was not sent, and says of the rest that it is unknown",
    ],
    [
      "says of what arrives that it never did",
      (sink) =>
        withExceptions(sink, ({ late, ...exception }) =>
          late === undefined ? exception : { ...exception, late: Promise.resolve("withdrawn") },
        ),
      "takes back what was not sent, and says of the rest that it is unknown",
    ],
    [
      "closes late",
      (sink) => ({ close: () => sink.close({ timeoutMs: 60_000 }) }),
      "ends a close in time and accounts for what is left",
    ],
  ])("finds a sink that %s", async (_, fault, test) => {
    expect(await sinkFailures(fault)).toContain(test);
  });
});

describe("the contract of a transport", () => {
  it("passes where there is no fault", async () => {
    expect(await transportFailures(() => ({}))).toEqual([]);
  });

  it.each<[string, (transport: Transport) => Partial<Transport>, string]>([
    [
      "rejects",
      () => ({ send: () => Promise.reject(new Error("broken")) }),
      "delivers a batch whole and once",
    ],
    [
      "ignores aborts",
      (transport) => ({ send: (batch) => transport.send(batch, new AbortController().signal) }),
      "ends soon after an abort",
    ],
    [
      "begins after an abort",
      (transport) => ({ send: (batch) => transport.send(batch, new AbortController().signal) }),
      "does not begin after an abort",
    ],
    [
      "sends nothing",
      () => ({ send: async () => ({ kind: "delivered" }) }),
      "delivers a batch whole and once",
    ],
    [
      "gives up on failure",
      (transport) => ({
        send: async (...given) => {
          const verdict = await transport.send(...given);
          return verdict.kind === "retry" ? { kind: "rejected", reason: verdict.reason } : verdict;
        },
      }),
      "reports a failure as a verdict, and recovers",
    ],
    [
      "names what is not there",
      () => ({ send: async (batch) => ({ kind: "delivered", retry: [batch.count] }) }),
      "does not change the bytes of a batch",
    ],
    [
      "changes bytes",
      (transport) => ({
        send: (batch, signal) => {
          const sent = transport.send(batch, signal);
          batch.bytes.fill(0);
          return sent;
        },
      }),
      "does not change the bytes of a batch",
    ],
    [
      "has no room",
      () => ({ limits: { maxEvents: 0, maxBytes: 1, inFlight: 1, perLane: 1 } }),
      "says what one attempt may carry",
    ],
    [
      "rolls lanes",
      () => ({
        lane: (() => {
          let lane = 0;
          return () => lane++;
        })(),
      }),
      "gives an event the same lane every time, before it has connected",
    ],
    [
      "sends twice",
      (transport) => ({
        send: async (...given) => {
          await transport.send(...given);
          return transport.send(...given);
        },
      }),
      "delivers a batch whole and once",
    ],
    [
      "sends before it looks at the abort",
      (transport) => ({
        send: async (batch, signal) => {
          const verdict = await transport.send(batch, signal.aborted ? new AbortController().signal : signal);
          return signal.aborted ? { kind: "retry", reason: { code: "aborted" } } : verdict;
        },
      }),
      "does not begin after an abort",
    ],
    [
      "asks to wait for no time at all",
      (transport) => ({
        send: async (...given) => {
          const verdict = await transport.send(...given);
          return verdict.kind === "retry" ? { ...verdict, afterMs: Number.NaN } : verdict;
        },
      }),
      "reports a failure as a verdict, and recovers",
    ],
    [
      "calls delivered what comes after its close",
      (transport) => {
        let closed = false;
        return {
          close: () => {
            closed = true;
            return transport.close();
          },
          send: async (...given) => (closed ? { kind: "delivered" } : transport.send(...given)),
        };
      },
      "ends on close, and reports a send after it",
    ],
    [
      "never closes",
      () => ({ close: () => new Promise<void>(() => undefined) }),
      "ends on close, and reports a send after it",
    ],
  ])("finds a transport that %s", async (_, fault, test) => {
    expect(await transportFailures(fault)).toContain(test);
  });
});
