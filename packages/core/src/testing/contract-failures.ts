import type { TestKit } from "./test-kit.ts";

/** Runs what a contract describes, by a kit of a few lines as in a page, and returns the names of the tests that failed. */
export async function failures(
  contract: (kit: TestKit) => void,
  isEqual: (actual: unknown, expected: unknown) => boolean,
): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  contract({
    describe: (_, body) => body(),
    it: (name, body) => tests.push({ name, body }),
    expect: (actual) => {
      const check = (passes: boolean): void => {
        if (!passes) throw new Error("not as expected");
      };
      return {
        toBe: (expected) => check(Object.is(actual, expected)),
        toEqual: (expected) => check(isEqual(actual, expected)),
      };
    },
  });
  const failed: string[] = [];
  for (const { name, body } of tests) await body().catch(() => failed.push(name));
  return failed;
}

/** An object with some members replaced; the others keep their `this`. */
export function withFault<T extends object>(whole: T, fault: Partial<T>): T {
  return new Proxy(whole, {
    get: (_, key) => {
      const value: unknown = key in fault ? fault[key as keyof T] : whole[key as keyof T]; // Whatever is asked for.
      return typeof value === "function" && key !== "onProblem"
        ? value.bind(key in fault ? fault : whole)
        : value;
    },
    set: (_, key, value) => Reflect.set(whole, key, value),
  });
}
