import { fakeClock } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { webStorage } from "../test/web-storage.ts";
import { currentSession } from "./delivery/session.ts";
import { standingOf } from "./delivery/standing.ts";
import type { Identity } from "./identity.ts";
import { createIdentity } from "./identity.ts";
import type { PageStorage } from "./page-storage.ts";
import { createPageStorage } from "./page-storage.ts";

const minuteMs = 60_000;
let clock = fakeClock();
beforeEach(() => {
  clock = fakeClock();
  Object.defineProperty(globalThis, "localStorage", { value: webStorage(), configurable: true });
});
afterEach(() => void Reflect.deleteProperty(globalThis, "localStorage"));

/** A page whose visitor has agreed. */
function page(): Identity & {
  session(): string;
  standing(owner: string): ReturnType<typeof standingOf>;
} {
  const storage = createPageStorage();
  storage.allow();
  return visitorOf(storage);
}

function visitorOf(storage: PageStorage) {
  const identity = createIdentity(storage);
  const session = () => currentSession({ storage, clock });
  return { ...identity, session, standing: (owner: string) => standingOf(owner, { identity, storage }) };
}

describe("an identity", () => {
  it("keeps its client over pages, and its session for 30 minutes without an event", async () => {
    const [client, session] = [page().client(), page().session()];
    expect(client).toMatch(/^[\w-]{20}$/);
    for (let times = 0; times < 2; times++) {
      await clock.advance(29 * minuteMs);
      expect([page().client(), page().session()]).toEqual([client, session]);
    }
    await clock.advance(30 * minuteMs);
    expect(page().client()).toBe(client);
    expect(page().session()).not.toBe(session);
  });

  it("ends a session after 24 hours, however busy it is", async () => {
    const identity = page();
    const first = identity.session();
    for (let minutes = 0; minutes < 24 * 60 - 20; minutes += 20) {
      await clock.advance(20 * minuteMs);
      expect(identity.session()).toBe(first);
    }
    await clock.advance(20 * minuteMs);
    expect(identity.session()).not.toBe(first);
  });

  it("makes a new session of what it cannot read", () => {
    localStorage.setItem("activity_session", "x.y.z");
    expect(page().session()).toMatch(/^[\w-]{20}$/);
  });

  it("lets a user's events leave while that user is there, and those of a client until it is reset", () => {
    const identity = page();
    const before = `c${identity.client()}`;
    identity.setUser("ann");
    expect(["uann", "ubob", before].map(identity.standing)).toEqual(["now", "later", "now"]);
    identity.reset(true);
    expect(["uann", before, `c${identity.client()}`].map(page().standing)).toEqual(["later", "never", "now"]);
    expect(identity.user()).toBeUndefined();
  });

  it("takes a user that is known beforehand for another than the one whom the browser remembers", () => {
    const identity = page();
    const ofAnn = `c${identity.client()}`;
    identity.setUser("ann");
    const storage = createPageStorage();
    const next = visitorOf(storage);
    next.setUser("bob");
    next.allow();
    expect(next.user()).toBe("bob");
    expect(["uann", "ubob", ofAnn].map(next.standing)).toEqual(["later", "now", "never"]);
    const again = visitorOf(createPageStorage());
    again.setUser("bob");
    again.allow();
    expect(again.client()).toBe(next.client());
  });

  it("takes a client that it does not know for one that a crash has cost", () => {
    expect(page().standing("cunknown")).toBe("now");
  });

  it("leaves nothing behind when it is cleared", () => {
    const identity = page();
    identity.client();
    identity.session();
    identity.setUser("ann");
    identity.reset(true);
    identity.clear();
    expect(localStorage.length).toBe(0);
  });
});

describe("a page's storage", () => {
  it("touches nothing before it is allowed to, and keeps what was written until then", () => {
    localStorage.setItem("theirs", "1");
    const storage = createPageStorage();
    storage.set("mine", "2");
    expect(storage.get("theirs")).toBeUndefined();
    expect(localStorage.length).toBe(1);
    storage.allow();
    expect(localStorage.getItem("mine")).toBe("2");
    expect(storage.get("theirs")).toBe("1");
    expect(storage.keys("m")).toEqual(["mine"]);
    storage.isAllowed = false;
    expect(storage.get("mine")).toBeUndefined();
  });

  it("keeps its values for the page where the browser's throws", () => {
    Object.defineProperty(globalThis, "localStorage", {
      configurable: true,
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
    const storage = createPageStorage();
    storage.allow();
    storage.set("mine", "2");
    expect([storage.get("mine"), storage.keys("m")]).toEqual(["2", ["mine"]]);
    storage.remove("mine");
    expect(storage.get("mine")).toBeUndefined();
  });
});
