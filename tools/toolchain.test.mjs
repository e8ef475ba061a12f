import { describe, expect, it } from "@jest/globals";
import { isNodeSupported } from "./toolchain.mjs";

describe("isNodeSupported", () => {
  it.each([
    ["v20.20.2", false],
    ["v22.17.1", false],
    ["v22.18.0", true],
    ["v23.11.0", false],
    ["v24.0.0", true],
    ["v26.1.0", true],
  ])("%s: %p", (version, supported) => {
    expect(isNodeSupported(version)).toBe(supported);
  });
});
