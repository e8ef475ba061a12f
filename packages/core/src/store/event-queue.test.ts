import { describe, expect, it } from "@jest/globals";
import type { EventRun } from "./event-queue.ts";
import { ChunkPool, EventQueue } from "./event-queue.ts";

const never = Number.POSITIVE_INFINITY;
const chunkBytes = 16_384;

function queueOf(texts: readonly string[], pool = new ChunkPool()): EventQueue {
  const queue = new EventQueue(pool);
  for (const [index, text] of texts.entries()) queue.push(text, index + 1, index * 10);
  return queue;
}

function run(): EventRun {
  return { bytes: new Uint8Array(), ends: [], positions: [], times: [] };
}

function take(queue: EventQueue, maxEvents = 100, maxBytes = 1_000_000, before = never): EventRun {
  const taken = run();
  while (queue.move(taken, before, { maxEvents, maxBytes }) > 0);
  return taken;
}

function textOf({ bytes, ends }: EventRun): string {
  return new TextDecoder().decode(bytes.subarray(0, ends.at(-1) ?? 0));
}

describe("an event queue", () => {
  it("knows position and time of its first event", () => {
    const queue = queueOf([]);
    expect([queue.position, queue.time]).toEqual([never, never]);
    queue.push("a", 7, 70);
    queue.push("b", 8, 80);
    expect([queue.position, queue.time]).toEqual([7, 70]);
    queue.shift();
    expect([queue.position, queue.time]).toEqual([8, 80]);
    queue.shift();
    expect([queue.position, queue.time]).toEqual([never, never]);
    expect(queue.firstBytes).toBe(0);
  });

  it("counts bytes of UTF-8 and a line feed", () => {
    const queue = queueOf([]);
    expect(["a", "é", "漢", "😀"].map((text, n) => queue.push(text, n + 1, 0))).toEqual([2, 3, 4, 5]);
    expect([queue.position, queue.firstBytes, queue.shift()]).toEqual([1, 2, "a"]);
    expect([queue.position, queue.firstBytes, queue.shift()]).toEqual([2, 3, "é"]);
  });

  it("moves events from the front, with their positions and times", () => {
    const queue = queueOf(["a", "bb", "ccc"]);
    const taken = take(queue, 2);
    expect(textOf(taken)).toBe("a\nbb\n");
    expect([taken.ends, taken.positions, taken.times]).toEqual([
      [2, 5],
      [1, 2],
      [0, 10],
    ]);
    expect(queue.move(taken, never, { maxEvents: 2, maxBytes: 1_000 })).toBe(0);
    expect(queue.position).toBe(3);
  });

  it.each([
    [4, ["a"]],
    [5, ["a", "bb"]],
    [8, ["a", "bb"]],
    [9, ["a", "bb", "ccc"]],
    [1, ["a"]],
  ])("with room for %d bytes takes %j", (maxBytes, texts) => {
    expect(textOf(take(queueOf(["a", "bb", "ccc"]), 100, maxBytes))).toBe(
      texts.map((text) => `${text}\n`).join(""),
    );
  });

  it("moves only what lies before a position", () => {
    const queue = queueOf(["a", "b", "c"]);
    expect(take(queue, 100, 100, 1).positions).toEqual([]);
    expect(take(queue, 100, 100, 3).positions).toEqual([1, 2]);
    expect(queue.position).toBe(3);
  });

  it.each([
    ["fills a chunk to its last byte", [5_000, 5_000, 5_000, 1_380, 10]],
    ["leaves a chunk that has room for the text but not for its line feed", [5_000, 5_000, 5_000, 1_381, 10]],
    ["leaves a chunk that has one byte too few", [5_000, 5_000, 5_000, 1_382, 10]],
    ["takes a larger chunk for a larger event", [5, chunkBytes, 5]],
    ["takes a larger chunk for the largest of events", [5, 10 * chunkBytes, 5]],
  ])("%s", (_, sizes) => {
    const texts = sizes.map((size, index) => String(index).repeat(size));
    expect(textOf(take(queueOf(texts)))).toBe(texts.map((text) => `${text}\n`).join(""));
  });

  it.each([5_460, 5_461, 5_462])("holds %d characters of three bytes", (chars) => {
    const texts = ["漢".repeat(chars), "字".repeat(chars)];
    expect(textOf(take(queueOf(texts)))).toBe(texts.map((text) => `${text}\n`).join(""));
  });

  it("withdraws a range out of several chunks", () => {
    const texts = Array.from({ length: 10 }, (_, index) => String(index).repeat(5_000));
    const queue = queueOf(texts);
    queue.shift();
    expect(queue.withdraw(3, 8)).toEqual({ positions: [3, 4, 5, 6, 7, 8], bytes: 6 * 5_001 });
    const left = take(queue);
    expect(left.positions).toEqual([2, 9, 10]);
    expect(left.times).toEqual([10, 80, 90]);
    expect(textOf(left)).toBe([1, 8, 9].map((digit) => `${String(digit).repeat(5_000)}\n`).join(""));
  });

  it.each([
    [1, 1, [2, 3]],
    [3, 3, [1, 2]],
    [2, 2, [1, 3]],
    [1, 3, []],
    [4, 9, [1, 2, 3]],
    [0, 0, [1, 2, 3]],
  ])("withdraws from %d to %d", (from, to, left) => {
    const queue = queueOf(["a", "bb", "ccc"]);
    const all = [1, 2, 3];
    const gone = all.filter((position) => !left.includes(position));
    expect(queue.withdraw(from, to)).toEqual({
      positions: gone,
      bytes: gone.reduce((sum, position) => sum + position + 1, 0),
    });
    expect(take(queue).positions).toEqual(left);
  });

  it("takes events after others were withdrawn", () => {
    const queue = queueOf(["a", "b"]);
    queue.withdraw(1, 2);
    queue.push("c", 3, 0);
    expect(take(queue).positions).toEqual([3]);
  });

  it("puts a run back where it belongs", () => {
    const queue = queueOf([]);
    queue.push("c", 5, 50);
    const early = {
      ...run(),
      bytes: new TextEncoder().encode("a\nb\n"),
      ends: [2, 4],
      positions: [1, 2],
      times: [1, 2],
    };
    const late = { ...run(), bytes: new TextEncoder().encode("d\n"), ends: [2], positions: [9], times: [9] };
    queue.putBack(late);
    queue.putBack(early);
    queue.push("e", 10, 100);
    const taken = take(queue);
    expect(taken.positions).toEqual([1, 2, 5, 9, 10]);
    expect(textOf(taken)).toBe("a\nb\nc\nd\ne\n");
  });
});

describe("a chunk pool", () => {
  it("gives chunks out again", () => {
    const pool = new ChunkPool();
    const chunk = pool.take(chunkBytes);
    expect(pool.take(chunkBytes)).not.toBe(chunk);
    pool.give(chunk);
    expect(pool.take(chunkBytes)).toBe(chunk);
  });

  it("keeps chunks of one size only", () => {
    const pool = new ChunkPool();
    const large = pool.take(chunkBytes + 1);
    expect(large.bytes).toHaveLength(chunkBytes + 1);
    pool.give(large);
    expect(pool.take(chunkBytes).bytes).toHaveLength(chunkBytes);
    expect(pool.take(chunkBytes + 1)).not.toBe(large);
  });

  it.each([
    [64, true],
    [65, false],
  ])("keeps 64 chunks: of %d the last is given out again: %p", (count, again) => {
    const pool = new ChunkPool();
    const chunks = Array.from({ length: count }, () => pool.take(chunkBytes));
    for (const chunk of chunks) pool.give(chunk);
    expect(pool.take(chunkBytes) === chunks.at(-1)).toBe(again);
  });

  it("is asked once for many small events", () => {
    const pool = new ChunkPool();
    let taken = 0;
    const { take: takeOne } = pool;
    pool.take = (bytes) => {
      taken++;
      return takeOne.call(pool, bytes);
    };
    queueOf(
      Array.from({ length: 100 }, () => "a".repeat(160)),
      pool,
    );
    expect(taken).toBe(1);
    queueOf(
      Array.from({ length: 102 }, () => "a".repeat(160)),
      pool,
    );
    expect(taken).toBe(3);
  });

  it("gets back the chunks of events that have left, by whatever way", () => {
    const pool = new ChunkPool();
    const chunk = pool.take(chunkBytes);
    for (const leave of [
      (queue: EventQueue) => queue.shift(),
      (queue: EventQueue) => take(queue),
      (queue: EventQueue) => queue.withdraw(1, 1),
    ]) {
      pool.give(chunk);
      leave(queueOf(["a"], pool));
      expect(pool.take(chunkBytes)).toBe(chunk);
    }
  });
});
