/** A process of its own on a spool. Says `ready` when its events are in, and then does what it was told. */
import { importances } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { createSpoolStore } from "../src/index.ts";

const [directory = "", source = "child", count = "0", end = "stay"] = process.argv.slice(2);
const store = createSpoolStore({ directory, destination: "test", segmentBytes: 2_000 });
store.adopt?.();
const kinds = [importances.behavioral, importances.metric, importances.error];
for (const [index, event] of testEvents(1, Number(count), { source }).entries())
  store.append(event.text, 0, kinds[index % kinds.length] ?? importances.behavioral);
if (end === "kill") process.kill(process.pid, "SIGKILL");
if (end === "lease-kill") {
  store.lease(() => true, true);
  process.kill(process.pid, "SIGKILL");
}
if (end === "exit") process.exit(0);
if (end === "throw") throw new Error("thrown by the test");
if (end === "close") await store.close();
else {
  console.log("ready");
  setInterval(() => undefined, 60_000);
}
