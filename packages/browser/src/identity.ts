import { createId } from "./clock.ts";
import type { PageStorage } from "./page-storage.ts";

/** Who uses this browser, shared by the tabs of an origin. Nothing is read or made before it is asked for. */
export interface Identity {
  /** Stays until `reset`. */
  client(): string;
  user(): string | undefined;
  /** Whoever else was there is reset. */
  setUser(user: string): void;
  /** The visitor has agreed: from here on it is shared and kept. */
  allow(): void;
  /** Forgets both, and the session; what was made under this client without a user never leaves any more, once it `hadChance`. */
  reset(hadChance: boolean): void;
  /** Forgets everything, clients that were reset too. */
  clear(): void;
}

const userKey = "activity_user_id";
const clientKey = "activity_client_id";
/** Where what sends keeps the session, and finds the clients that were reset. */
export const sessionKey = "activity_session";
export const formerKey = "activity_former_clients";
/** Clients that were reset and are remembered, each with 20 characters and a comma. */
const formerChars = 21 * 50;

/** Makes the identity of an origin. */
export function createIdentity(storage: PageStorage): Identity {
  const user = (): string | undefined => storage.get(userKey);
  const clear = (): void => [userKey, clientKey, formerKey, sessionKey].forEach(storage.remove);
  const reset = (hadChance: boolean): void => {
    const former = [hadChance && storage.get(clientKey), storage.get(formerKey)].join().slice(0, formerChars);
    clear();
    storage.set(formerKey, former);
  };
  const setUser = (next: string): void => {
    if ((user() ?? next) !== next) reset(true);
    storage.set(userKey, next);
  };
  return {
    client: () => {
      let client = storage.get(clientKey);
      if (!client) {
        client = createId();
        storage.set(clientKey, client);
      }
      return client;
    },
    user,
    setUser,
    allow: () => {
      const known = user();
      storage.remove(userKey);
      storage.allow();
      if (known) setUser(known);
    },
    reset,
    clear,
  };
}
