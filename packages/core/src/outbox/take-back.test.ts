import { describe, expect, it } from "@jest/globals";
import { fakeClock } from "../testing/fake-clock.ts";
import { Gate } from "./gate.ts";
import type { LaneState } from "./lanes.ts";
import { OutboxBatch } from "./outbox-batch.ts";
import { takeBack } from "./take-back.ts";
import { Waiters } from "./waiters.ts";

const positions = [11, 12, 13, 14, 15, 16];
const lease = {
  lane: 0,
  count: 6,
  bytes: new Uint8Array(12),
  ends: [2, 4, 6, 8, 10, 12],
  positions,
  times: positions,
};
const ticket = new Waiters().open(12, 3, () => undefined); // 12, 13, 14

function batch(indices: readonly number[], sent = false): OutboxBatch {
  const made = new OutboxBatch({ lease, open: 6 }, indices, "bound");
  made.sent = sent;
  return made;
}

function laneOf(...queue: OutboxBatch[]): LaneState {
  const gate = new Gate(fakeClock(), { baseMs: 1, capMs: 1 });
  return { gate, queue, flying: new Set() };
}

describe("takeBack", () => {
  it("cuts a write's events out of the batches that wait", () => {
    const [before, mixed, after] = [batch([0]), batch([1, 2, 4]), batch([5])];
    const [lane, other] = [laneOf(before, mixed, after), laneOf(batch([3]))];
    const { unsent, parts } = takeBack(ticket, [lane, other]);
    expect([...unsent]).toEqual([0, 1, 2]);
    expect(parts.map(({ indices }) => indices)).toEqual([[1, 2], [3]]);
    expect(lane.queue.map(({ indices }) => indices)).toEqual([[0], [4], [5]]);
    expect(other.queue).toEqual([]);
    expect(lane.queue[0]).toBe(before);
    expect(lane.queue[2]).toBe(after);
    expect(lane.queue[1]?.binding).toBe("bound");
  });

  it("does not call unsent what may have been on the wire", () => {
    const { unsent, parts } = takeBack(ticket, [laneOf(batch([1], true), batch([2]))]);
    expect([...unsent]).toEqual([1]);
    expect(parts).toHaveLength(2);
  });

  it("leaves what is in flight alone", () => {
    const lane = laneOf();
    lane.flying.add(batch([1, 2, 3], true));
    expect(takeBack(ticket, [lane])).toEqual({ unsent: new Set(), parts: [] });
    expect(lane.flying.size).toBe(1);
  });

  it("leaves what another process left alone", () => {
    const foreign = new OutboxBatch({ lease: { ...lease, positions: [0, 0, 0, 0, 0, 0] }, open: 6 }, [0, 1]);
    const lane = laneOf(foreign);
    expect(takeBack(ticket, [lane]).parts).toEqual([]);
    expect(lane.queue).toEqual([foreign]);
  });
});
