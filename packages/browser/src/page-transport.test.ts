import type { Verdict } from "@activity/core";
import { importances } from "@activity/core";
import { testBatch } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { browserLimits } from "./browser-limits.ts";
import type { WaitingEvent } from "./page-store.ts";
import type { PageTransport } from "./page-transport.ts";
import { createPageTransport } from "./page-transport.ts";
import type { EventPost } from "./post-events.ts";

const delivered: Verdict = { kind: "delivered" };
const down: Verdict = { kind: "retry", reason: { code: "unreachable" } };
const { signal } = new AbortController();
const [a, b, c] = ['{"n":"a"}', '{"n":"b"}', '{"n":"c"}'] as const;

interface DoorOptions {
  readonly room?: number;
  readonly beacons?: boolean;
}

/** A door whose answers the test gives, one by one. */
function openDoor({ room = browserLimits.keepaliveBytes, beacons = true }: DoorOptions = {}) {
  const posts: {
    readonly texts: readonly string[];
    readonly leaving: boolean;
    readonly answer: (verdict: Verdict) => Promise<void>;
  }[] = [];
  const beaconed: (readonly string[])[] = [];
  const door: EventPost = {
    post: (texts, { leaving = false } = {}) =>
      new Promise((resolve) => {
        const answer = async (verdict: Verdict): Promise<void> => {
          resolve(verdict);
          await settled();
        };
        posts.push({ texts, leaving, answer });
      }),
    beacon: (texts) => {
      beaconed.push(texts);
      return beacons;
    },
    keepaliveRoom: () => room,
  };
  let answers = 0;
  const transport = createPageTransport({ door, stamp: (text) => text, onAnswer: () => answers++ });
  return { transport, posts, beaconed, answers: () => answers };
}

function waiting(...texts: readonly string[]): readonly WaitingEvent[] {
  return texts.map((text) => ({ text, importance: importances.behavioral }));
}

/** Lets every promise that is about to settle do so. */
async function settled(): Promise<void> {
  for (let step = 0; step < 10; step++) await Promise.resolve();
}

function send(transport: PageTransport, ...texts: readonly string[]): Promise<Verdict> {
  return transport.send(testBatch(texts), signal);
}

describe("a leaving page", () => {
  it("sends before it returns, and what is under way is not sent twice", async () => {
    const { transport, posts } = openDoor();
    const sending = send(transport, a);
    transport.leave(waiting(a, b));
    transport.leave(waiting(a, b));
    expect(posts.map(({ texts, leaving }) => ({ texts, leaving }))).toEqual([
      { texts: [a], leaving: false },
      { texts: [b], leaving: true },
    ]);
    await posts[0]?.answer(delivered);
    expect(await sending).toEqual(delivered);
  });

  it("tells the outbox what became of them, and sends only the others", async () => {
    const { transport, posts, answers } = openDoor();
    transport.leave(waiting(a, b));
    const sending = send(transport, a, b, c);
    await posts[0]?.answer({ kind: "delivered", rejected: [[1, { code: "bad_type" }]] });
    expect(answers()).toBe(1);
    expect(posts[1]).toMatchObject({ texts: [c], leaving: false });
    await posts[1]?.answer(delivered);
    expect(await sending).toEqual({ kind: "delivered", rejected: [[1, { code: "bad_type" }]], retry: [] });
    expect(posts.length).toBe(2);
  });

  it("sends nothing at all when all of a batch has gone with it", async () => {
    const { transport, posts } = openDoor();
    transport.leave(waiting(a));
    await posts[0]?.answer(delivered);
    expect(await send(transport, a)).toEqual({ kind: "delivered", rejected: [], retry: [] });
    expect(posts.length).toBe(1);
  });

  it("leaves to the outbox what did not get through", async () => {
    const { transport, posts } = openDoor();
    transport.leave(waiting(a));
    await posts[0]?.answer(down);
    const sending = send(transport, a);
    expect(posts[1]?.texts).toEqual([a]);
    await posts[1]?.answer(delivered);
    expect(await sending).toEqual(delivered);
  });

  it("keeps what it knows when the rest of a batch fails", async () => {
    const { transport, posts } = openDoor();
    transport.leave(waiting(a));
    await posts[0]?.answer(delivered);
    const sending = send(transport, a, b);
    await posts[1]?.answer(down);
    expect(await sending).toEqual(down);
    const again = send(transport, a, b);
    expect(posts[2]?.texts).toEqual([b]);
    await posts[2]?.answer({ kind: "rejected", reason: { code: "http_418" } });
    expect(await again).toEqual({ kind: "delivered", rejected: [[1, { code: "http_418" }]], retry: [] });
  });

  it("sends again what the answer asks for", async () => {
    const { transport, posts } = openDoor();
    transport.leave(waiting(a));
    await posts[0]?.answer(delivered);
    const sending = send(transport, a, b, c);
    await posts[1]?.answer({ kind: "delivered", rejected: [[0, { code: "empty" }]], retry: [1] });
    expect(await sending).toEqual({ kind: "delivered", rejected: [[1, { code: "empty" }]], retry: [2] });
  });

  it("takes the most important first where the room is short, and hands the rest to beacons once", () => {
    const room = a.length + 1;
    const { transport, posts, beaconed } = openDoor({ room });
    const events = [
      { text: a, importance: importances.metric },
      { text: b, importance: importances.billing },
      { text: c, importance: importances.error },
    ];
    transport.leave(events);
    expect(posts.map(({ texts }) => texts)).toEqual([[b]]);
    expect(beaconed).toEqual([[c, a]]);
    transport.leave(events);
    expect(beaconed.length).toBe(1);
  });

  it("cuts beacons to what a browser takes, and stops when it takes no more", () => {
    const large = Array.from({ length: 3 }, (_, index) => `{"n":"${index}${"x".repeat(40_000)}"}`);
    const { transport, beaconed } = openDoor({ room: 0, beacons: false });
    transport.leave(waiting(...large));
    expect(beaconed).toEqual([[large[0]]]);
    const taking = openDoor({ room: 0 });
    taking.transport.leave(waiting(...large));
    expect(taking.beaconed).toEqual(large.map((text) => [text]));
  });

  it("counts bytes, not characters", () => {
    const text = `{"n":"${"é".repeat(100)}"}`;
    const { transport, posts } = openDoor({ room: text.length + 50, beacons: false });
    transport.leave(waiting(text));
    expect(posts).toEqual([]);
  });

  it("sends nothing while consent is pending, nor after it was denied", () => {
    const { transport, posts, beaconed } = openDoor();
    transport.hold();
    transport.leave(waiting(a));
    transport.seal();
    transport.leave(waiting(a));
    expect([posts, beaconed]).toEqual([[], []]);
  });
});

describe("a page's transport", () => {
  it("holds a batch until consent is granted", async () => {
    const { transport, posts } = openDoor();
    transport.hold();
    const sending = send(transport, a);
    await Promise.resolve();
    expect(posts).toEqual([]);
    transport.release();
    await settled();
    expect(posts.length).toBe(1);
    await posts[0]?.answer(delivered);
    expect(await sending).toEqual(delivered);
  });

  it("gives a held batch back when the outbox closes", async () => {
    const { transport, posts } = openDoor();
    transport.hold();
    const stop = new AbortController();
    const sending = transport.send(testBatch([a]), stop.signal);
    stop.abort();
    expect(await sending).toMatchObject({ kind: "retry" });
    expect(posts).toEqual([]);
  });
});
