/** A storage that never throws. */
export interface GuardedStorage {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/**
 * Wraps a web storage. Where there is none, or where it throws (sandboxed frame, blocked site data, quota),
 * values live as long as the page.
 *
 * @param open Returns the storage; a browser throws already here when it is forbidden.
 */
export function guardedStorage(open: () => Storage): GuardedStorage {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return use(open());
    } catch {
      return undefined; // Forbidden or full: what is in memory has to do.
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? undefined,
    set: (key, value) => {
      memory.delete(key);
      const stored = attempt((storage) => {
        storage.setItem(key, value);
        return true;
      });
      if (!stored) memory.set(key, value);
    },
    remove: (key) => {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key));
    },
  };
}
