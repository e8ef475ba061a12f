/** Programs that use the sink in a process of their own; jest stands between a test and Node's warnings. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A small service that prints the warnings it gets. */
export const hostProgram: string = readFileSync(here("host.ts"), "utf8");

/** The first sample in the README of the package. */
export function readmeSample(): string {
  const readme = readFileSync(here("../../packages/sink-kafka/README.md"), "utf8");
  const sample = /```ts\n(.*?)```/s.exec(readme)?.[1];
  if (sample === undefined) throw new Error("the README has no sample");
  return sample;
}

/** Runs a program to its end and returns what it has printed. */
export async function runProgram(
  program: string,
  { brokers, topic = "" }: { readonly brokers: readonly string[]; readonly topic?: string },
): Promise<{ readonly lines: readonly string[]; readonly code: number | null }> {
  const options = ["--no-warnings", "--conditions=@activity/source", "--input-type=module-typescript"];
  const child = spawn(process.execPath, [...options, "--eval", program], {
    cwd: here("."), // Where modules are looked for.
    env: { ...process.env, KAFKA_BROKERS: brokers.join(","), KAFKA_TOPIC: topic },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 120_000,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  await once(child, "close");
  return { lines: output.split("\n").filter((line) => line !== ""), code: child.exitCode };
}
