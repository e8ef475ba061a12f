/** Texts by key, in `localStorage` as far as that is allowed and works, else in memory. Never throws. */
export interface PageStorage {
  /** Whether this page may touch what outlives it. */
  readonly isAllowed: boolean;
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** The keys that begin so. */
  keys(prefix: string): readonly string[];
  /** From here on `localStorage` may be used: what was kept in memory goes there. */
  allow(): void;
  /** From here on it may not. */
  forbid(): void;
}

/** Makes a storage that touches nothing before `allow`. */
export function createPageStorage(): PageStorage {
  const memory = new Map<string, string>();
  let allowed = false;
  const use = <T>(act: (storage: Storage) => T): T | undefined => {
    try {
      return allowed ? act(localStorage) : undefined;
    } catch {
      return undefined; // Forbidden or full: what is in memory has to do.
    }
  };
  const set = (key: string, value: string): void => {
    memory.set(key, value);
    use((storage) => {
      storage.setItem(key, value);
      memory.delete(key);
    });
  };
  return {
    get isAllowed() {
      return allowed;
    },
    get: (key) => memory.get(key) ?? use((storage) => storage.getItem(key)) ?? undefined,
    set,
    remove: (key) => {
      memory.delete(key);
      use((storage) => storage.removeItem(key));
    },
    keys: (prefix) =>
      [...memory.keys(), ...(use((storage) => Object.keys(storage)) ?? [])].filter((key) =>
        key.startsWith(prefix),
      ),
    allow: () => {
      allowed = true;
      memory.forEach((value, key) => {
        set(key, value);
      });
    },
    forbid: () => {
      allowed = false;
    },
  };
}
