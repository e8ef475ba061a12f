import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import { startChromium } from "./chromium.ts";

it("keeps what a tab complains of, and leaves nothing behind after stop", async () => {
  const chromium = await startChromium();
  expect(existsSync(chromium.profile)).toBe(true);
  const { page, problems } = await chromium.newTab();
  await page.setContent("<script>console.error('a complaint'); console.log('no complaint')</script>");
  expect(problems).toEqual([expect.stringContaining("a complaint")]);
  await chromium.stop();
  await chromium.stop();
  expect(isAlive(chromium.pid)).toBe(false);
  expect(existsSync(chromium.profile)).toBe(false);
});

it("is gone soon after the process that started it was killed", async () => {
  const module = new URL("chromium.ts", import.meta.url).href;
  const code = `const { startChromium } = await import(${JSON.stringify(module)});
    console.log((await startChromium()).pid);`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve, reject) => {
    starter.stdout.once("data", (line: Buffer) => resolve(Number(line)));
    starter.once("exit", () => reject(new Error("the starter ended")));
  });
  expect(isAlive(pid)).toBe(true);
  starter.kill("SIGKILL");
  const deadline = performance.now() + 60_000;
  while (isAlive(pid) && performance.now() < deadline) await sleep(20);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // There is no such process.
  }
}
