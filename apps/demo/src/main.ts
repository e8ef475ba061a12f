/** The demo: six paths on real parts. It breaks things, and accounts for every event in the end. */
import { readOptions } from "./options.ts";
import { play } from "./play.ts";

try {
  process.exitCode = (await play(readOptions(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
