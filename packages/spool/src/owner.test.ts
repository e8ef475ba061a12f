import { spawn } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "@jest/globals";
import type { Owner } from "./owner.ts";
import { createOwner, formatOwner, livenessOf, parseOwner } from "./owner.ts";

const isLinux = process.platform === "linux";

describe("an owner", () => {
  it("comes back from its text", () => {
    const owner = createOwner();
    expect(parseOwner(formatOwner(owner))).toEqual(owner);
    expect(parseOwner(`${formatOwner(owner)}x`)).toBe(undefined);
  });

  it("is another one each time", () => {
    expect(formatOwner(createOwner())).not.toBe(formatOwner(createOwner()));
  });

  const here = createOwner();
  it.each<[string, Partial<Owner>, string]>([
    ["this process", {}, "alive"],
    ["a thread of it whose number is Node's", { thread: 7, start: 0 }, "alive"],
    ["a thread that is not there", { thread: 999_999_999 }, isLinux ? "dead" : "alive"],
    ["a process that got the same id later", { start: here.start + 1 }, "dead"],
    ["a process that is not there", { pid: 999_999_999 }, "dead"],
    ["a process of before the machine's restart", { boot: "00000001" }, "dead"],
    ["a process of a machine whose start is not known", { boot: "00000000" }, "unknown"],
    ["a process of another host", { host: "00000001" }, "unknown"],
    ["a process of another container", { pidNamespace: here.pidNamespace + 1 }, "unknown"],
    ["a process whose start is not known", { start: 0 }, "alive"],
  ])("%s", (_, change, liveness) => {
    expect(livenessOf({ ...here, ...change }, here)).toBe(liveness);
  });

  it("says nothing of others when it does not know the machine's start itself", () => {
    expect(livenessOf(here, { ...here, boot: "00000000" })).toBe("unknown");
  });

  it("is dead when it was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
    await once(child, "spawn");
    const owner = { ...here, pid: child.pid ?? 0, start: 0 };
    expect(livenessOf(owner, here)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(livenessOf(owner, here)).toBe("dead");
  });

  it("is dead on Linux when its thread has ended, though the process lives", async () => {
    const module = JSON.stringify(new URL("./owner.ts", import.meta.url).href);
    const code = `import(${module}).then(({ createOwner, formatOwner }) => {
      require("node:worker_threads").parentPort.postMessage(formatOwner(createOwner()));
      setInterval(() => {}, 1e6);
    });`;
    const worker = new Worker(code, { eval: true });
    const [text] = (await once(worker, "message")) as [string]; // As it is posted.
    const owner = parseOwner(text) ?? here;
    expect(owner.thread).toBeGreaterThan(0);
    expect(livenessOf(owner, here)).toBe("alive");
    await worker.terminate();
    expect(livenessOf(owner, here)).toBe(isLinux ? "dead" : "alive");
  });
});
