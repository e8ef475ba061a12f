import { describe, expect, it } from "@jest/globals";
import { EventIndex } from "./event-index.ts";

const entryOf = (index: EventIndex, place: number): readonly number[] => [
  index.end(place),
  index.position(place),
  index.time(place),
  index.state(place),
];

describe("an index of events", () => {
  it.each([1, 31, 32, 33, 1_000])("keeps what is known of each of %i", (count) => {
    const index = EventIndex.take();
    for (let n = 1; n <= count; n++) index.push(n * 400, 2 ** 40 + n, n / 8);
    expect(index.length).toBe(count);
    for (let n = 1; n <= count; n++) expect(entryOf(index, n - 1)).toEqual([n * 400, 2 ** 40 + n, n / 8, 0]);
  });

  it("knows nothing of what it held before it was given back", () => {
    const index = EventIndex.take();
    index.push(10, 1, 0);
    index.setState(0, 2);
    EventIndex.give(index);
    const again = EventIndex.take();
    expect(again).toBe(index);
    expect(again.length).toBe(0);
    again.push(20, 5, 1);
    expect(entryOf(again, 0)).toEqual([20, 5, 1, 0]);
  });

  it("never hands out the one that holds nothing", () => {
    EventIndex.give(EventIndex.none);
    expect(EventIndex.take()).not.toBe(EventIndex.none);
  });
});
