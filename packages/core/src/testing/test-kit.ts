/**
 * What a contract needs of a test runner. jest's and vitest's own `describe`, `it` and `expect` fit as they
 * are; in a page a few lines do.
 */
export interface TestKit {
  describe(name: string, body: () => void): unknown;
  /** Fails when the body throws or its promise rejects. */
  it(name: string, body: () => Promise<void>): unknown;
  /** `toBe` compares as `Object.is` does; `toEqual` by structure, where `undefined` members count as absent. */
  expect(actual: unknown): { toBe(expected: unknown): unknown; toEqual(expected: unknown): unknown };
}
