import { createId } from "@activity/core";
import { sessionIdleMs, sessionMaxMs, sessionTouchMs } from "./browser-limits.ts";
import type { PageClock } from "./clock.ts";
import type { PageStorage } from "./page-storage.ts";

/** Who uses this browser, shared by the tabs of an origin. Nothing is read or made before it is asked for. */
export interface Identity {
  /** Stays until `reset`. */
  client(): string;
  /** One visit: ends 30 minutes after its last event, or 24 hours after its first. */
  session(): string;
  user(): string | undefined;
  /** Whoever else was there is reset. */
  setUser(user: string): void;
  /** The visitor has agreed: from here on it is shared and kept. */
  allow(): void;
  /** Forgets all three; what was made under this client without a user never leaves any more. */
  reset(): void;
  /**
   * Whether what was made under an owner may leave: a user's while that user is there, a client's unless it was reset.
   * A client that is merely not known any more was none: a crash costs what `localStorage` had not written yet.
   */
  standing(owner: string): "now" | "later" | "never";
  /** Forgets everything, clients that were reset too. */
  clear(): void;
}

const clientKey = "activity_client_id";
const sessionKey = "activity_session";
const userKey = "activity_user_id";
const formerKey = "activity_former_clients";
/** Clients that were reset and are remembered, each with 21 characters and a comma. */
const formerChars = 22 * 50;

/** Makes the identity of an origin. */
export function createIdentity(storage: PageStorage, clock: PageClock): Identity {
  const clear = (): void => {
    for (const key of [clientKey, sessionKey, userKey, formerKey]) storage.remove(key);
  };
  const reset = (): void => {
    const former = [storage.get(clientKey), storage.get(formerKey)].join().slice(0, formerChars);
    clear();
    storage.set(formerKey, former);
  };
  const setUser = (user: string): void => {
    if ((storage.get(userKey) ?? user) !== user) reset();
    storage.set(userKey, user);
  };
  return {
    client: () => {
      const known = storage.get(clientKey) || createId();
      if (!storage.get(clientKey)) storage.set(clientKey, known);
      return known;
    },
    session: () => {
      const now = clock.now();
      const [id = "", started, last] = storage.get(sessionKey)?.split(".") ?? [];
      // A clock that was set back ends no visit; one that is far off ends it once.
      const idleMs = Math.abs(now - Number(last));
      const isRunning = idleMs < sessionIdleMs && now - Number(started) < sessionMaxMs;
      if (isRunning && idleMs < sessionTouchMs) return id;
      const current = isRunning ? id : createId();
      storage.set(sessionKey, `${current}.${isRunning ? started : now}.${now}`);
      return current;
    },
    user: () => storage.get(userKey),
    setUser,
    allow: () => {
      const user = storage.get(userKey);
      storage.remove(userKey);
      storage.allow();
      if (user) setUser(user);
    },
    reset,
    standing: (owner) => {
      const who = owner.slice(1);
      if (owner.startsWith("u")) return who === storage.get(userKey) ? "now" : "later";
      return storage.get(formerKey)?.includes(who) ? "never" : "now";
    },
    clear,
  };
}
