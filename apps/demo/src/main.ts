/** The demo: six paths on real parts. It breaks things, and accounts for every event in the end. */
import { readOptions } from "./options.ts";
import { play } from "./play.ts";

let code = 2;
try {
  code = (await play(readOptions(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
// Whatever was started and still runs ends with this process.
process.exit(code);
