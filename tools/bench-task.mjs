/** `npm run bench -- NAME` and `npm run soak -- NAME`: runs `bench/NAME.bench.ts` or `bench/NAME.soak.ts` from dist. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bringOutsideNeeds } from "./outside-needs.mjs";
import { MissingPrerequisite, repositoryRoot, run } from "./run.mjs";

export async function main(args, { task }) {
  const folder = join(repositoryRoot, "bench");
  const [name = "", ...flags] = args;
  const known = readdirSync(folder).flatMap((file) =>
    file.endsWith(`.${task}.ts`) ? [file.slice(0, -`.${task}.ts`.length)] : [],
  );
  if (!known.includes(name)) {
    const instead = name === "" ? "" : `, not ${JSON.stringify(name)}`;
    throw new MissingPrerequisite(
      `Say first which ${task} to run${instead}: ${known.length === 0 ? "there is none yet" : known.join(", ")}.`,
    );
  }
  const file = join(folder, `${name}.${task}.ts`);
  await bringOutsideNeeds([file]);
  return (await run("node", ["--expose-gc", file, ...flags], { cwd: folder })).code;
}
