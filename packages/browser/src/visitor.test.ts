import { fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { guardedStorage } from "./guarded-storage.ts";
import { createVisitor } from "./visitor.ts";

/** A web storage, as far as it is used. */
function webStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    clear: () => values.clear(),
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

const minuteMs = 60_000;

describe("a visitor", () => {
  it("keeps its client over pages, and its session for 30 minutes without an event", async () => {
    const clock = fakeClock();
    const storage = webStorage();
    const page = () =>
      createVisitor(
        guardedStorage(() => storage),
        clock,
      );
    const first = page().ids();
    expect(first.client_id).toMatch(/^[\w-]{21}$/);
    await clock.advance(29 * minuteMs);
    expect(page().ids()).toEqual(first);
    await clock.advance(29 * minuteMs);
    expect(page().ids()).toEqual(first);
    await clock.advance(30 * minuteMs);
    const later = page().ids();
    expect(later.client_id).toBe(first.client_id);
    expect(later.session_id).not.toBe(first.session_id);
  });

  it("ends a session after 24 hours, however busy it is", async () => {
    const clock = fakeClock();
    const storage = webStorage();
    const visitor = createVisitor(
      guardedStorage(() => storage),
      clock,
    );
    const first = visitor.ids().session_id;
    for (let minutes = 0; minutes < 24 * 60 - 20; minutes += 20) {
      await clock.advance(20 * minuteMs);
      expect(visitor.ids().session_id).toBe(first);
    }
    await clock.advance(20 * minuteMs);
    expect(visitor.ids().session_id).not.toBe(first);
  });

  it("reads and writes nothing before it is asked", () => {
    let opened = 0;
    const storage = webStorage();
    createVisitor(
      guardedStorage(() => {
        opened++;
        return storage;
      }),
      fakeClock(),
    );
    expect(opened).toBe(0);
  });

  it("leaves nothing behind when it is forgotten", () => {
    const storage = webStorage();
    const visitor = createVisitor(
      guardedStorage(() => storage),
      fakeClock(),
    );
    const { client_id } = visitor.ids();
    visitor.forget();
    expect(storage.length).toBe(0);
    expect(visitor.ids().client_id).not.toBe(client_id);
  });

  it("keeps its ids for the page where storage throws", () => {
    const visitor = createVisitor(
      guardedStorage(() => {
        throw new Error("forbidden");
      }),
      fakeClock(),
    );
    expect(visitor.ids()).toEqual(visitor.ids());
  });

  it("makes a new session of what it cannot read", () => {
    const storage = webStorage();
    storage.setItem("activity_session", "x.y.z");
    expect(
      createVisitor(
        guardedStorage(() => storage),
        fakeClock(),
      ).ids().session_id,
    ).toMatch(/^[\w-]{21}$/);
  });
});
