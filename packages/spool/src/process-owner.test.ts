import { spawnSync } from "node:child_process";
import { expect, it } from "@jest/globals";
import { hasEnded, processOwner } from "./index.ts";

it("knows whether a process still runs", () => {
  expect(hasEnded(processOwner())).toBe(false);
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  expect(hasEnded(processOwner().replace(`.${process.pid}.`, `.${pid}.`))).toBe(true);
  expect(hasEnded("")).toBe(true);
});
