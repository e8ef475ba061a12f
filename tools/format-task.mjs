/** `npm run format`: rewrites every file in the house style, and repairs what biome can repair safely. */
import { run } from "./run.mjs";

export async function main() {
  return (await run("pnpm", ["exec", "biome", "check", "--write", "--error-on-warnings", "."])).code;
}
