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
  setUser(user: string): void;
  /** Forgets all three. */
  reset(): void;
}

const clientKey = "activity_client_id";
const sessionKey = "activity_session";
const userKey = "activity_user_id";

/** Makes the identity of an origin. */
export function createIdentity(storage: PageStorage, clock: PageClock): Identity {
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
    setUser: (user) => storage.set(userKey, user),
    reset: () => {
      for (const key of [clientKey, sessionKey, userKey]) storage.remove(key);
    },
  };
}
