import { describe, expect, it } from "@jest/globals";
import type { Outcome } from "./ledger.ts";
import { Ledger } from "./ledger.ts";

const emptyLedger = new Ledger().snapshot();

describe("a ledger", () => {
  it("begins with nothing", () => {
    expect(new Ledger().snapshot()).toEqual({
      recorded: 0,
      adopted: 0,
      delivered: 0,
      handedOver: 0,
      pending: 0,
      rejected: 0,
      dropped: 0,
      withdrawn: 0,
      repeats: 0,
      droppedBy: {},
    });
    expect(emptyLedger).toEqual(new Ledger().snapshot());
  });

  it("counts what enters as pending", () => {
    const ledger = new Ledger();
    ledger.record();
    ledger.record();
    ledger.adopt(3);
    expect(ledger.snapshot()).toEqual({ ...emptyLedger, recorded: 2, adopted: 3, pending: 5 });
  });

  it.each<Outcome>(["delivered", "rejected", "dropped", "withdrawn", "handedOver"])(
    "moves what is %s out of pending",
    (outcome) => {
      const ledger = new Ledger();
      ledger.adopt(5);
      ledger.settle(outcome, 2);
      ledger.settle(outcome, 1);
      expect(ledger.snapshot()).toEqual({ ...emptyLedger, adopted: 5, pending: 2, [outcome]: 3 });
    },
  );

  it("counts drops by reason", () => {
    const ledger = new Ledger();
    ledger.adopt(6);
    ledger.drop("capacity", 2);
    ledger.drop("expired", 1);
    ledger.drop("capacity", 3);
    expect(ledger.snapshot()).toEqual({
      ...emptyLedger,
      adopted: 6,
      dropped: 6,
      droppedBy: { capacity: 5, expired: 1 },
    });
  });

  it("names the reason of drops that were settled elsewhere", () => {
    const ledger = new Ledger();
    ledger.adopt(1);
    ledger.countReason("expired", 1);
    expect(ledger.snapshot()).toEqual({ ...emptyLedger, adopted: 1, pending: 1, droppedBy: { expired: 1 } });
  });

  it("gives snapshots that do not change", () => {
    const ledger = new Ledger();
    ledger.record();
    const before = ledger.snapshot();
    ledger.drop("closed", 1);
    ledger.repeats++;
    expect(before).toEqual({ ...emptyLedger, recorded: 1, pending: 1 });
    expect(ledger.snapshot().repeats).toBe(1);
  });
});
