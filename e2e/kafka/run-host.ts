import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Runs `host.ts` in a process of its own; jest stands between a test and Node's warnings. */
export async function runHost(
  brokers: readonly string[],
  topic: string,
): Promise<{ readonly lines: readonly string[]; readonly code: number | null }> {
  const program = fileURLToPath(new URL("host.ts", import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", "--conditions=@activity/source", program], {
    env: { ...process.env, KAFKA_BROKERS: brokers.join(","), KAFKA_TOPIC: topic },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 20_000,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  await once(child, "close");
  return { lines: output.split("\n").filter((line) => line !== ""), code: child.exitCode };
}
