/** Every promise of these tests, broken for real: what they could not see, they could not show. */
import { expect, it } from "@jest/globals";
import type { ProxyStore } from "./support/final-store.ts";
import { proxyStore } from "./support/final-store.ts";
import { intakeFaults } from "./support/intake-faults.ts";
import {
  fewEvents,
  patientCloseMs,
  patientFlushMs,
  runIntakeTrial,
  trialTimeoutMs,
} from "./support/intake-trial.ts";

const { healthy, losesAnswers, neverAnswers } = intakeFaults;

it.concurrent(
  "sees that a client in memory loses what waits when it is killed",
  async () => {
    const trial = await runIntakeTrial({
      client: "memory",
      fault: healthy,
      events: fewEvents,
      end: "kill",
      maxStarts: 1,
    });
    expect(trial.broken(patientCloseMs)).toEqual([`${fewEvents} event(s) lost`]);
  },
  trialTimeoutMs,
);

it.concurrent(
  "sees that a proxy without a window of repeats stores events twice",
  async () => {
    const trial = await runIntakeTrial({
      client: "service",
      fault: losesAnswers,
      store: proxyStore({ dedupe: false }),
      events: fewEvents,
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([`${3 * fewEvents} event(s) twice in the store`]);
  },
  trialTimeoutMs,
);

it.concurrent(
  "sees that repeats come under new ids",
  async () => {
    const trial = await runIntakeTrial({
      client: "service",
      fault: losesAnswers,
      store: renamingStore(),
      events: fewEvents,
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toContain(`${3 * fewEvents} repeat(s) under a new id`);
  },
  trialTimeoutMs,
);

it.concurrent(
  "sees that close takes too long",
  async () => {
    const closeTimeoutMs = 3_000;
    const trial = await runIntakeTrial({
      client: "service",
      fault: neverAnswers,
      events: fewEvents,
      end: "close",
      closeTimeoutMs,
    });
    expect(trial.broken(2_100)).toEqual([
      expect.stringMatching(/^first process: close took \d{4,} of 2100 ms$/),
    ]);
  },
  trialTimeoutMs,
);

/** Gives every event a new id each time it comes, as a client would that made ids when it sends. */
function renamingStore(): ProxyStore {
  const proxy = proxyStore();
  let requests = 0;
  const rename = (text: string): string => text.replaceAll('{"event_id":"', `{"event_id":"${requests}-`);
  return {
    arrivalsIn: (text) => {
      requests++;
      return proxy.arrivalsIn(rename(text));
    },
    take: (text) => proxy.take(rename(text)),
    get stored() {
      return proxy.stored;
    },
    get events() {
      return proxy.events;
    },
  };
}
