/** A program in whose life a client is only a guest: threads, children, a slow name look-up, every kind of end. Prints how long `close` took. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { createCliClient } from "../src/index.ts";

// Its start is over: what a machine takes to read a program is no matter of the client.
if (isMainThread && process.send === undefined) writeSync(3, ".");
const { LIFECYCLE_CLOSE_MS: timeoutMs, SLOW_DNS_LOG: lookUps = "" } = process.env;
const [, , url = workerData as string, mode = "thread"] = process.argv; // A worker is given the address.
const activity = createCliClient({ app: "shop", intake: { url, writeKey: "wk_1" } });
const record = (from: string): void => {
  for (let n = 1; n <= 5; n++) activity.track("lifecycle_step", { from, n });
};

if (!isMainThread) {
  record("thread");
  process.exit(3);
}
if (mode !== "idle") record(mode);
if (mode === "worker") {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: url,
    argv: [url, "thread"],
    execArgv: process.execArgv,
  });
  const [code] = (await once(worker, "exit")) as [number]; // By its documentation.
  if (code !== 3) throw new Error(`the thread ended with ${code}`);
}
if (mode === "fork") await once(fork(fileURLToPath(import.meta.url), [url, "child"]), "exit");
if (mode === "exit") process.exit(0);
if (mode === "exit under way") {
  do await activity.flush({ timeoutMs: 300 });
  while (readFileSync(lookUps, "utf8") === "");
  process.exit(0);
}
if (mode !== "natural" && mode !== "idle") {
  const begunAt = performance.now();
  await activity.close(timeoutMs === undefined ? {} : { timeoutMs: Number(timeoutMs) });
  console.log(performance.now() - begunAt);
}
