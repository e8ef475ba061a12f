import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a tool in a folder. Rejects with what it printed when it fails. */
export async function runTool(file: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(file, args, { cwd, timeout: 180_000 });
}
