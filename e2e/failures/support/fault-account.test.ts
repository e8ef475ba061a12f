/** Every promise that a trial looks after, broken once: what cannot be found cannot be promised. */
import { describe, expect, it } from "@jest/globals";
import { accountFor, brokenByEvents, brokenByProcess, imbalanceOf } from "./fault-account.ts";
import type { Arrival } from "./final-store.ts";

const arrivals = (...ids: readonly string[]): Arrival[] =>
  ids.map((id) => ({ id, n: Number(/\d+/.exec(id)?.[0]) }));
const ledger = {
  recorded: 3,
  adopted: 1,
  delivered: 2,
  handedOver: 1,
  pending: 0,
  rejected: 1,
  dropped: 0,
  droppedBy: {},
  withdrawn: 0,
  repeats: 5,
};
const good = {
  stderr: [],
  code: 0,
  signal: null,
  ledger,
  unhandledRejections: 0,
  closeMs: 2_100,
};

describe("events", () => {
  const three = arrivals("a.1", "a.2", "a.3");
  it.each([
    ["all of them once", three, three, []],
    ["repeats on the wire that are stored once", [...three, ...three], three, []],
    ["one that is missing", three, arrivals("a.1", "a.3"), ["1 event(s) lost"]],
    ["one that came, and was not stored", three, [], ["3 event(s) lost"]],
    ["one that is stored twice", three, [...three, ...arrivals("a.2")], ["1 event(s) twice in the store"]],
    [
      "a repeat under a new id, that the store cannot tell",
      [...three, ...arrivals("b.2")],
      [...three, ...arrivals("b.2")],
      ["1 event(s) twice in the store", "1 repeat(s) under a new id"],
    ],
    [
      "a repeat under a new id of which one was lost",
      arrivals("a.1", "a.2", "b.2", "a.3"),
      arrivals("a.1", "b.2", "a.3"),
      ["1 repeat(s) under a new id"],
    ],
  ])("%s", (_, taken, stored, broken) => {
    expect(brokenByEvents(accountFor({ events: 3, taken, stored }))).toEqual(broken);
  });

  it("counts repeats", () => {
    const taken = arrivals("a.1", "a.2", "a.1", "a.1");
    expect(accountFor({ events: 2, taken, stored: arrivals("a.1", "a.2") }).repeats).toBe(2);
  });
});

describe("a process", () => {
  it.each([
    ["that ended well, at its bound", {}, []],
    ["that closed late", { closeMs: 2_101 }, ["close took 2101 of 2100 ms"]],
    ["that wrote to stderr", { stderr: ["Warning: x"] }, ["on stderr: Warning: x"]],
    ["with an unhandled rejection", { unhandledRejections: 2 }, ["2 unhandled rejection(s)"]],
    ["that failed", { code: 1 }, ["ended with 1"]],
    ["that hung and was ended", { code: null, signal: "SIGKILL" }, ["ended with SIGKILL"]],
    ["whose ledger does not balance", { ledger: { ...ledger, delivered: 1 } }, ["the ledger is out by 1"]],
  ])("%s", (_, bad, broken) => {
    expect(brokenByProcess({ ...good, ...bad }, { closeMs: 2_100 })).toEqual(broken);
  });

  it("is to be killed, and was not", () => {
    expect(brokenByProcess(good, { closeMs: 2_100, killed: true })).toEqual(["ended with 0"]);
    const killed = { ...good, code: null, signal: "SIGKILL" };
    expect(brokenByProcess(killed, { closeMs: 2_100, killed: true })).toEqual([]);
  });
});

it("balances a ledger over all its terms", () => {
  expect(imbalanceOf(ledger)).toBe(0);
  for (const term of ["recorded", "adopted", "pending", "dropped", "withdrawn"] as const)
    expect(imbalanceOf({ ...ledger, [term]: ledger[term] + 1 })).not.toBe(0);
});
