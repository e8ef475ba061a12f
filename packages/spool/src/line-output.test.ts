import { PassThrough } from "node:stream";
import { expect, it } from "@jest/globals";
import { lineOutput } from "./line-output.ts";

it("prints until nobody reads, and takes any other error for one", () => {
  const stream = new PassThrough();
  const output = lineOutput(stream);
  output.print("one");
  expect(String(stream.read())).toBe("one\n");
  expect(lineOutput(stream)).toBe(output);
  const emit = (code: string): boolean => stream.emit("error", Object.assign(new Error(code), { code }));
  expect(() => emit("EIO")).toThrow("EIO");
  expect(output.closed).toBe(false);
  emit("EPIPE");
  output.print("two");
  expect([output.closed, stream.read()]).toEqual([true, null]);
});
