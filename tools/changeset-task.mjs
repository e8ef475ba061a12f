/** `npm run changeset`: asks what changed for the users of the packages, and writes it to `.changeset`. */
import { run } from "./run.mjs";

export async function main(args) {
  return (await run("pnpm", ["exec", "changeset", ...args])).code;
}
