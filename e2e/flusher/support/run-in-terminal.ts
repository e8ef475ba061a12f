import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** What a program wrote to its terminal, and how it ended. */
export interface TerminalRun {
  readonly code: number | null;
  /** What it wrote to standard error, with the line ends of a terminal. */
  readonly shown: string;
}

/**
 * Runs a program whose standard error is a real terminal, made by `script` of util-linux; its output goes to a
 * file.
 *
 * @throws where there is no such tool: nothing else shows what a person sees.
 */
export async function runInTerminal(
  command: readonly string[],
  output: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TerminalRun> {
  if (!spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux"))
    throw new Error("this test needs `script` of util-linux, which makes terminals; install util-linux");
  const quoted = command.map((part) => `'${part}'`).join(" ");
  const args = ["--quiet", "--return", "--command", `${quoted} > '${output}'`, "/dev/null"];
  const child = spawn("script", args, {
    env: { ...env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000,
  });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (shown += text));
  const [code] = (await once(child, "close")) as [number | null]; // By its documentation.
  return { code, shown };
}
