import { appendFileSync } from "node:fs";
import { ActivityError, quote } from "@activity/core";
import { createWriteKey, formatWriteKey, readKeyFile } from "../keys/write-key.ts";
import type { CommandContext } from "./command-context.ts";

const usage = "usage: activity-intake key NAME [--events-per-second N]";

/** Makes a write key. It is printed this once; the key file gets its hash. */
export function keyCommand(args: readonly string[], context: CommandContext): number {
  const { environment, print, printError } = context;
  const [name, flag, value, ...rest] = args;
  const limited = flag === "--events-per-second" && /^[1-9]\d{0,8}$/.test(value ?? "");
  const strange = name?.startsWith("-") ? name : flag === "--events-per-second" ? rest[0] : flag;
  const what =
    strange === undefined
      ? `--events-per-second is ${quote(value)}; it must be a number from 1 to 999999999`
      : `key has no ${quote(strange)}`;
  if (name === undefined) throw new ActivityError("INVALID_OPTION", `the key has no name\n${usage}`);
  if (strange !== undefined || (flag !== undefined && !limited))
    throw new ActivityError("INVALID_OPTION", `${what}\n${usage}`);
  const { key, entry } = createWriteKey(name, limited ? Number(value) : undefined);
  const line = formatWriteKey(entry);
  const file = environment["ACTIVITY_WRITE_KEYS_FILE"] || undefined;
  if (file === undefined) {
    print(key);
    printError(`for the key file (ACTIVITY_WRITE_KEYS_FILE): ${line}`);
    return 0;
  }
  addLine(file, { name, line });
  print(key);
  printError(`${name} is in ${file}, as a hash; an intake that runs knows it from now on`);
  return 0;
}

function addLine(file: string, { name, line }: { readonly name: string; readonly line: string }): void {
  appendFileSync(file, "", { mode: 0o600 });
  if (readKeyFile(file).some((known) => known.name === name))
    throw new ActivityError(
      "INVALID_OPTION",
      `${file} has a key named ${name}; remove its line, or take another name`,
    );
  appendFileSync(file, `${line}\n`);
}
