/** A web storage as a browser has it, for tests of what is kept in one. */
export function webStorage(): Storage {
  const storage: Record<string, string> = {};
  const own = {
    clear: () => {
      for (const key of Object.keys(storage)) Reflect.deleteProperty(storage, key);
    },
    key: (index: number) => Object.keys(storage)[index] ?? null,
    getItem: (key: string) => storage[key] ?? null,
    setItem: (key: string, value: string) => {
      storage[key] = value;
    },
    removeItem: (key: string) => Reflect.deleteProperty(storage, key),
  };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(storage, name, { value });
  Object.defineProperty(storage, "length", { get: () => Object.keys(storage).length });
  return storage as unknown as Storage; // As browsers do, keys are properties.
}
