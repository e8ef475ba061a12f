import { describe, expect, it } from "@jest/globals";
import { fakeClock } from "../testing/fake-clock.ts";
import { Lanes } from "./lanes.ts";
import { OutboxBatch } from "./outbox-batch.ts";

const retry = { baseMs: 200, capMs: 60_000 };
const from = {
  lease: { lane: 0, count: 1, bytes: new Uint8Array(), ends: [0], positions: [1], times: [0] },
  open: 1,
};
const batch = (): OutboxBatch => new OutboxBatch(from, [0]);

function start(perLane = 1): { lanes: Lanes; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock({ random: () => 0.5 });
  return { lanes: new Lanes(clock, retry, perLane), clock };
}

describe("lanes", () => {
  it("take the turn of whoever has not sent for longest", () => {
    const { lanes } = start(9);
    for (const lane of [1, 2, 3]) lanes.get(lane).queue.push(batch(), batch());
    const order: (number | undefined)[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const lane = lanes.next();
      lane?.queue.shift();
      order.push([1, 2, 3].find((number) => lanes.get(number) === lane));
    }
    expect(order).toEqual([1, 2, 3, 1, 2, 3]);
    expect(lanes.next()).toBeUndefined();
  });

  it.each([1, 2])("let %d batches of a lane fly", (perLane) => {
    const { lanes } = start(perLane);
    const lane = lanes.get(1);
    lane.queue.push(batch());
    for (let flying = 1; flying <= perLane; flying++) {
      expect(lanes.next()).toBe(lane);
      lane.flying.add(batch());
    }
    expect(lanes.next()).toBeUndefined();
  });

  it("pass by a lane whose gate is closed, and send its probe when it opens", async () => {
    const { lanes, clock } = start(9);
    const [closed, open] = [lanes.get(1), lanes.get(2)];
    for (const lane of [closed, open]) lane.queue.push(batch());
    closed.gate.fail();
    expect([lanes.next(), lanes.next()]).toEqual([open, open]);
    open.queue.pop();
    expect(lanes.next()).toBeUndefined();
    await clock.advance(100);
    expect(lanes.next()).toBe(closed);
    closed.flying.add(batch());
    expect(lanes.next()).toBeUndefined();
  });

  it("take more of a lane only when nothing of it waits and it may send", () => {
    const { lanes } = start();
    const lane = lanes.get(1);
    expect([lanes.takes(1), lanes.takes(7)]).toEqual([true, true]);
    lane.queue.push(batch());
    expect(lanes.takes(1)).toBe(false);
    lane.queue.pop();
    lane.flying.add(batch());
    expect(lanes.takes(1)).toBe(false);
    lane.flying.clear();
    lane.gate.fail();
    expect(lanes.takes(1)).toBe(false);
    lanes.hurry();
    expect(lanes.takes(1)).toBe(true);
  });

  it("know when the first gate opens that is closed now", async () => {
    const { lanes, clock } = start();
    lanes.get(1);
    expect(lanes.nextOpening()).toBe(Number.POSITIVE_INFINITY);
    lanes.get(2).gate.fail(300);
    lanes.get(3).gate.fail(200);
    expect(lanes.nextOpening()).toBe(200);
    await clock.advance(199);
    expect(lanes.nextOpening()).toBe(200);
    await clock.advance(1);
    expect(lanes.nextOpening()).toBe(300);
    await clock.advance(100);
    expect(lanes.nextOpening()).toBe(Number.POSITIVE_INFINITY);
  });

  it("lists every lane there ever was", () => {
    const { lanes } = start();
    expect([...lanes.values()]).toEqual([]);
    const made = [lanes.get(4), lanes.get(2), lanes.get(4)];
    expect(new Set(lanes.values())).toEqual(new Set(made));
    expect([...lanes.values()]).toHaveLength(2);
  });
});
