/** Starting other programs, and the two ways in which a task may end early: a sentence with exit 2, or a failure. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Something the task needs is not on this machine. The message is one sentence that says what to do; exit code 2. */
export class MissingPrerequisite extends Error {}

/** A program that we started failed; it has already printed why. */
export class CommandFailed extends Error {
  constructor(command, code) {
    super(`${command} ended with exit code ${code}`);
    this.code = code;
  }
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program to its end and returns `{ code, output, seconds }`. Never rejects for an exit code; a program that
 * cannot be started at all ends with code 127.
 *
 * `output: "show"` (default) passes the program's output through, `"keep"` collects it.
 */
export function run(command, args, { cwd = repositoryRoot, env = process.env, output = "show", input } = {}) {
  const startedAt = performance.now();
  const keep = output === "keep";
  const stdio = [
    input === undefined ? (keep ? "ignore" : "inherit") : "pipe",
    keep ? "pipe" : "inherit",
    keep ? "pipe" : "inherit",
  ];
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio, shell: needsShell(command) });
    let text = "";
    let stdout = "";
    const finish = (code, extra = "") =>
      resolve({ code, output: text + extra, stdout, seconds: (performance.now() - startedAt) / 1000 });
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      stdout += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    if (input !== undefined) child.stdin.end(input);
    child.on("error", (error) => finish(127, `${command}: ${error.message}\n`));
    child.on("close", (code, signal) => finish(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** Like `run`, and throws `CommandFailed` when the exit code is not 0 (after showing what was collected). */
export async function must(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  if (options.output === "keep") say(result.output.trimEnd());
  throw new CommandFailed([command, ...args].join(" "), result.code);
}

/** Prints a dot a second while something long works, so that nobody takes it for dead, and then how long it took. */
export async function showProgress(work) {
  const startedAt = performance.now();
  const ticker = setInterval(() => process.stderr.write("."), 1000);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
    say(` ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }
}

function needsShell(command) {
  return process.platform === "win32" && !/\.exe$/i.test(command) && command !== process.execPath;
}
