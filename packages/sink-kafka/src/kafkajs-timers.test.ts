import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { mendKafkajsTimers } from "./kafkajs-timers.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Runs in a process of its own, since jest stands between a test and Node's warnings. Prints one line a warning. */
async function warningsOf(program: string): Promise<readonly string[]> {
  const script = `
    import { createRequire } from "node:module";
    import { mendKafkajsTimers } from "./kafkajs-timers.ts";
    const load = createRequire(import.meta.url);
    const RequestQueue = load("kafkajs/src/network/requestQueue/index.js");
    const logger = { debug() {}, warn() {} };
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 50, clientId: "c", broker: "b", logger });
    process.on("warning", ({ name }) => console.log(name));
    ${program}
    setTimeout(() => process.exit(), 100);`;
  const run = promisify(execFile);
  const args = [
    "--no-warnings",
    "--experimental-strip-types",
    "--input-type=module-typescript",
    "--eval",
    script,
  ];
  const { stdout } = await run(process.execPath, args, { cwd: folder });
  return stdout.split("\n").filter((line) => line !== "");
}

/** What kafkajs does after every answer. */
const answer = "queue.checkPendingRequests();";

describe("mendKafkajsTimers", () => {
  it("keeps the warning of kafkajs from the host, and no other", async () => {
    expect(await warningsOf(answer)).toEqual(["TimeoutNegativeWarning"]);
    expect(await warningsOf(`await mendKafkajsTimers(); ${answer}`)).toEqual([]);
    expect(await warningsOf(`await mendKafkajsTimers(); ${answer} setTimeout(() => {}, -1);`)).toEqual([
      "TimeoutNegativeWarning",
    ]);
  });

  it("still sends what had to wait", async () => {
    const request = (name: string): string => `queue.push({
      entry: { correlationId: "${name}", resolve() {}, reject() {} },
      expectResponse: true,
      sendRequest: () => console.log("sent ${name}"),
    });`;
    const program = `await mendKafkajsTimers(); ${request("first")} ${request("second")}
      queue.fulfillRequest({ correlationId: "first", payload: null, size: 0 });
      queue.throttledUntil = Date.now() + 30; ${request("third")}
      queue.fulfillRequest({ correlationId: "second", payload: null, size: 0 });`;
    expect(await warningsOf(program)).toEqual(["sent first", "sent second", "sent third"]);
  });

  it("mends once, however often it is asked", async () => {
    const { load, prototype } = fakeQueue("let scheduleAt = this.throttledUntil - Date.now()");
    expect(await mendKafkajsTimers(load)).toBe(true);
    const mended = prototype.scheduleCheckPendingRequests;
    expect(await mendKafkajsTimers(load)).toBe(true);
    expect(prototype.scheduleCheckPendingRequests).toBe(mended);
  });

  it("leaves versions without the fault alone", async () => {
    const { load, prototype } = fakeQueue("if (this.pending.length === 0) return");
    const before = prototype.scheduleCheckPendingRequests;
    expect(await mendKafkajsTimers(load)).toBe(false);
    expect(prototype.scheduleCheckPendingRequests).toBe(before);
  });

  it.each([undefined, {}, { default: {} }, { default: { prototype: {} } }])(
    "harms nobody where kafkajs has %p inside",
    async (module) => {
      expect(await mendKafkajsTimers(async () => module)).toBe(false);
    },
  );

  it("harms nobody where kafkajs cannot be looked into", async () => {
    expect(await mendKafkajsTimers(() => Promise.reject(new Error("not found")))).toBe(false);
  });
});

interface FakeQueue {
  readonly load: () => Promise<unknown>;
  readonly prototype: { scheduleCheckPendingRequests: () => void };
}

function fakeQueue(line: string): FakeQueue {
  const schedule = Object.assign(() => undefined, { toString: () => `{ ${line} }` });
  const prototype = { pending: [], scheduleCheckPendingRequests: schedule };
  return { load: async () => ({ default: { prototype } }), prototype };
}
