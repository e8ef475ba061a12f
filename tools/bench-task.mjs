/** `npm run bench -- NAME` and `npm run soak -- NAME`: runs `bench/NAME.bench.ts` or `bench/NAME.soak.ts` from dist. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MissingPrerequisite, repositoryRoot, run } from "./run.mjs";

export async function main(args, { task }) {
  const folder = join(repositoryRoot, "bench");
  const name = args.find((arg) => !arg.startsWith("-"));
  const known = readdirSync(folder).flatMap((file) =>
    file.endsWith(`.${task}.ts`) ? [file.slice(0, -`.${task}.ts`.length)] : [],
  );
  const file = join(folder, `${name}.${task}.ts`);
  if (name === undefined || !existsSync(file)) {
    throw new MissingPrerequisite(
      `Say which ${task} to run: ${known.length === 0 ? "there is none yet" : known.join(", ")}.`,
    );
  }
  const flags = args.filter((arg) => arg !== name);
  return (await run("node", ["--expose-gc", file, ...flags], { cwd: folder })).code;
}
