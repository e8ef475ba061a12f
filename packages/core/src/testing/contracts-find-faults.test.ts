/** The contracts against sinks, stores and transports with one fault each, run by a kit of a few lines as in a page. */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { createOutbox } from "../outbox/outbox.ts";
import type { Sink } from "../ports/sink.ts";
import type { Store } from "../ports/store.ts";
import type { Transport } from "../ports/transport.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { fakeClock } from "./fake-clock.ts";
import { recordingTransport } from "./recording-transport.ts";
import { describeSinkContract } from "./sink-contract.ts";
import { describeStoreContract } from "./store-contract.ts";
import { survivingStore } from "./surviving-store.ts";
import type { TestKit } from "./test-kit.ts";
import { describeTransportContract } from "./transport-contract.ts";

/** Runs what a contract describes and returns the names of the tests that failed. */
async function failures(contract: (kit: TestKit) => void): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  contract({
    describe: (_, body) => body(),
    it: (name, body) => tests.push({ name, body }),
    expect: (actual) => {
      const check = (passes: boolean): void => {
        if (!passes) throw new Error("not as expected");
      };
      return {
        toBe: (expected) => check(Object.is(actual, expected)),
        toEqual: (expected) => check(isDeepStrictEqual(actual, expected)),
      };
    },
  });
  const failed: string[] = [];
  for (const { name, body } of tests) await body().catch(() => failed.push(name));
  return failed;
}

/** An object with some members replaced; the others keep their `this`. */
function withFault<T extends object>(whole: T, fault: Partial<T>): T {
  return new Proxy(whole, {
    get: (_, key) => {
      const value: unknown = key in fault ? fault[key as keyof T] : whole[key as keyof T]; // Whatever is asked for.
      return typeof value === "function" && key !== "onProblem"
        ? value.bind(key in fault ? fault : whole)
        : value;
    },
    set: (_, key, value) => Reflect.set(whole, key, value),
  });
}

function sinkFailures(break_: (sink: Sink) => Partial<Sink>): Promise<readonly string[]> {
  return failures((kit) =>
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

function storeFailures(break_: (store: Store) => Partial<Store>): Promise<readonly string[]> {
  return failures((kit) =>
    describeStoreContract({
      name: "a store with a fault",
      kit,
      create: (bounds) => {
        const store = createMemoryStore(bounds);
        return { store: withFault(store, break_(store)) };
      },
    }),
  );
}

function transportFailures(break_: (transport: Transport) => Partial<Transport>): Promise<readonly string[]> {
  return failures((kit) =>
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
      "closes late",
      (sink) => ({ close: () => sink.close({ timeoutMs: 60_000 }) }),
      "ends a close in time and accounts for what is left",
    ],
  ])("finds a sink that %s", async (_, fault, test) => {
    expect(await sinkFailures(fault)).toContain(test);
  });
});

describe("the contract of a store", () => {
  it("passes where there is no fault, also for a store that cannot withdraw", async () => {
    expect(await storeFailures(() => ({}))).toEqual([]);
    expect(await storeFailures(() => ({ withdraw: undefined }) as unknown as Partial<Store>)).toEqual([]);
  });

  it("waits for a store that loads, and passes one that survives", async () => {
    const failed = await failures((kit) =>
      describeStoreContract({
        name: "a store that loads",
        kit,
        create: (bounds) => {
          const store = survivingStore(bounds);
          const { lease } = store;
          let loaded = false;
          store.durable = () => Promise.resolve();
          store.lease = (...given) => {
            loaded = !loaded;
            if (!loaded) return lease(...given);
            queueMicrotask(() => store.onReady?.());
            return "loading";
          };
          return { store };
        },
      }),
    );
    expect(failed).toEqual([]);
  });

  it.each<[string, (store: Store) => Partial<Store>, string]>([
    [
      "leases closed lanes",
      (store) => ({ lease: (_, force) => store.lease(() => true, force) }),
      "leases a lane that is not open to nobody",
    ],
    [
      "always forces",
      (store) => ({ lease: (open) => store.lease(open, true) }),
      "without force leases only what is worth it",
    ],
    ["never leases", () => ({ lease: () => undefined }), "forgets what is settled"],
    [
      "forgets what was not confirmed",
      (store) => ({ settle: (lease) => store.settle(lease, []) }),
      "gives what was not confirmed back first and in order",
    ],
    [
      "keeps what was confirmed",
      (store) => ({ settle: (lease) => store.release(lease) }),
      "forgets what is settled",
    ],
    [
      "forgets on release",
      (store) => ({ release: (lease) => store.settle(lease, []) }),
      "keeps all of a lease that is released",
    ],
    [
      "evicts nothing",
      () => ({ evict: () => [] }),
      "evicts the oldest of the least important until the rest fits",
    ],
    [
      "takes everything for unimportant",
      (store) => ({ append: (text, lane) => store.append(text, lane, 0) }),
      "never evicts what is leased or kept",
    ],
    [
      "cuts texts",
      (store) => ({
        append: (text, lane, importance) => store.append(text.slice(0, 1_000), lane, importance),
      }),
      "leases an event that is larger than a lease",
    ],
    [
      "withdraws nothing and says it did",
      () => ({ withdraw: (from) => [from] }),
      "withdraws only what waits, and says what it was",
    ],
    [
      "gives a lease that does not add up",
      (store) => ({
        lease: (...given) => {
          const lease = store.lease(...given);
          return typeof lease === "object" ? { ...lease, count: lease.count + 1 } : lease;
        },
      }),
      "forgets what is settled",
    ],
  ])("finds a store that %s", async (_, fault, test) => {
    expect(await storeFailures(fault)).toContain(test);
  });
});

describe("the contract of a transport", () => {
  it("passes where there is no fault", async () => {
    expect(await transportFailures(() => ({}))).toEqual([]);
  });

  it.each<[string, (transport: Transport) => Partial<Transport>, string]>([
    ["rejects", () => ({ send: () => Promise.reject(new Error("broken")) }), "delivers a batch whole"],
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
    ["sends nothing", () => ({ send: async () => ({ kind: "delivered" }) }), "delivers a batch whole"],
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
      "never closes",
      () => ({ close: () => new Promise<void>(() => undefined) }),
      "ends on close, and reports a send after it",
    ],
  ])("finds a transport that %s", async (_, fault, test) => {
    expect(await transportFailures(fault)).toContain(test);
  });
});
