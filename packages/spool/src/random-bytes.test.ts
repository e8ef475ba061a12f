import { expect, it } from "@jest/globals";
import { randomBytes } from "./random-bytes.ts";

it("gives as many bytes as it is asked for, and others each time", () => {
  const seen = new Set(Array.from({ length: 1_000 }, () => Buffer.from(randomBytes(6)).toString("hex")));
  expect(seen.size).toBe(1_000);
  for (const text of seen) expect(text).toHaveLength(12);
});

it("gives more at once than it reads ahead", () => {
  const [many, few] = [randomBytes(1_000), randomBytes(3)];
  expect([many.length, few.length]).toEqual([1_000, 3]);
  expect(new Set(many).size).toBeGreaterThan(100);
});
