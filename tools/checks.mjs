/** Every check that is not a jest test: its name, its command, and whether it needs `dist`. Each counts as one test. */
import { run } from "./run.mjs";

const own = (name) => ["node", `tools/check-${name}.mjs`];

export const checks = [
  { name: "format", kind: "format", command: ["biome", "format", "."] },
  { name: "lint (biome)", kind: "lint", command: ["biome", "lint", "--error-on-warnings", "."] },
  { name: "lint (oxlint)", kind: "lint", command: ["oxlint", "--deny-warnings"], needsBuild: true },
  { name: "arrows between packages", kind: "lint", command: own("arrows") },
  { name: "exports of packages", kind: "lint", command: own("exports") },
  { name: "compiled scanner", kind: "lint", command: own("scanner") },
  { name: "committed text", kind: "lint", command: own("committed-text") },
  { name: "links in documents", kind: "lint", command: own("links") },
  { name: "changeset", kind: "release", command: own("changeset") },
  { name: "licences of dependencies", kind: "release", command: own("licences") },
  { name: "types", kind: "types", command: ["tsc", "-p", "tsconfig.check.json"], needsBuild: true },
];

export async function runCheck({ command }) {
  const [program, ...args] = command;
  const [file, fileArgs] = program === "node" ? ["node", args] : ["pnpm", ["exec", program, ...args]];
  const { code, output } = await run(file, fileArgs, { output: "keep" });
  return {
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
    output: code === 0 ? undefined : output,
  };
}
