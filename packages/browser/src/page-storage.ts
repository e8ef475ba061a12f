/** Texts by key, in `localStorage` as far as that is allowed and works, else in memory. Never throws. */
export interface PageStorage {
  /** Whether this page may touch what outlives it. */
  isAllowed: boolean;
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** The keys that begin so. */
  keys(prefix: string): readonly string[];
  /** From here on `localStorage` may be used: what was kept in memory goes there. */
  allow(): void;
}

/** Makes a storage that touches nothing before `allow`. */
export function createPageStorage(): PageStorage {
  const memory = new Map<string, string>();
  const use = <T>(act: (storage: Storage) => T): T | undefined => {
    try {
      return page.isAllowed ? act(localStorage) : undefined;
    } catch {
      return undefined; // Forbidden or full: what is in memory has to do.
    }
  };
  const page: PageStorage = {
    isAllowed: false,
    get: (key) => memory.get(key) ?? use((storage) => storage.getItem(key)) ?? undefined,
    set: (key, value) => {
      memory.set(key, value);
      use((storage) => {
        storage.setItem(key, value);
        memory.delete(key);
      });
    },
    remove: (key) => {
      memory.delete(key);
      use((storage) => storage.removeItem(key));
    },
    keys: (prefix) => [...memory.keys(), ...(use(Object.keys) ?? [])].filter((key) => key.startsWith(prefix)),
    allow: () => {
      page.isAllowed = true;
      for (const [key, value] of memory) page.set(key, value);
    },
  };
  return page;
}
