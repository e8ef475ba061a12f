/**
 * A process that takes a spool over and is killed at its n-th change of the disk. Arguments: directory, n. Ends well, and
 * says how many changes there were, when there are fewer.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [directory = "", at = "0"] = process.argv.slice(2);
let changes = 0;
for (const name of [
  "renameSync",
  "unlinkSync",
  "openSync",
  "writeSync",
  "fdatasyncSync",
  "utimesSync",
] as const) {
  const change = fs[name] as (...args: readonly unknown[]) => unknown; // Whatever it takes, it is given.
  Object.assign(fs, {
    [name]: (...args: readonly unknown[]) => {
      if (++changes === Number(at)) process.kill(process.pid, "SIGKILL");
      return change(...args);
    },
  });
}
syncBuiltinESMExports();

const { createSpoolStore } = await import("@activity/spool");
createSpoolStore({ directory, destination: "soak" }).adopt?.();
console.log(changes);
// Not by closing the store, which would change the disk again.
process.kill(process.pid, "SIGKILL");
