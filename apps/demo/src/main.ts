/** The demo: six paths on real parts. It breaks things, and accounts for every event in the end. */
import { help, readOptions } from "./options.ts";
import { play } from "./play.ts";

let code = 2;
try {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help);
    code = 0;
  } else code = (await play(readOptions(args))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
// Whatever was started and still runs ends with this process.
process.exit(code);
