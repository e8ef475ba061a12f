import { expect, it } from "@jest/globals";
import { isSwitchedOff } from "./consent.ts";

it.each([
  [{}, false],
  [{ DO_NOT_TRACK: "1" }, true],
  [{ DO_NOT_TRACK: "true" }, true],
  [{ DO_NOT_TRACK: "" }, false],
  [{ DO_NOT_TRACK: "0" }, false],
  [{ DO_NOT_TRACK: "false" }, false],
  [{ ACTIVITY_TELEMETRY: "off" }, true],
  [{ ACTIVITY_TELEMETRY: "0" }, true],
  [{ ACTIVITY_TELEMETRY: "on" }, false],
  [{ ACTIVITY_TELEMETRY: "on", DO_NOT_TRACK: "1" }, true],
])("%j switches telemetry off: %s", (env, off) => {
  expect(isSwitchedOff(env)).toBe(off);
});
