import fs from "node:fs";
import { basename } from "node:path";
import { audit, quote } from "@activity/core";
import { closestName } from "@activity/core/options";
import type { CommandOutput } from "./command-output.ts";
import { terminal } from "./command-output.ts";
import { drain } from "./drain-command.ts";
import { createOwner, livenessOf, parseOwner } from "./owner.ts";
import { isEventLine } from "./read-lines.ts";
import { listSegments, readSegments } from "./read-segments.ts";
import { parseSegmentName } from "./segment-name.ts";
import { messageOf } from "./segment-writer.ts";

const usage = `usage: activity-spool status DIR   what waits in DIR and whose it is
       activity-spool audit DIR    accounts for every event in the files of DIR
       activity-spool drain DIR    delivers what waits in DIR, as lines of JSON on standard output
           --out FILE              appends them to a file instead
           --to URL                sends what waits for that address to it, by @activity/sink-intake
           --write-key-env NAME    … with the key in that variable`;

/**
 * Runs the command line `activity-spool`; gives the exit code: 0 when it ended as asked, 1 when it failed, an
 * audit found a loss, a repeat or a damaged line, or something is left after a drain, 2 when the arguments
 * cannot be. Only `drain` changes files.
 */
export async function runCommand(args: readonly string[], output: CommandOutput = terminal): Promise<number> {
  const call = parse(args);
  if (typeof call === "string") {
    output.printError(`activity-spool: ${call}`);
    output.printError(usage);
    return 2;
  }
  try {
    await fs.promises.stat(call.directory);
    return await call.run(call.directory, output);
  } catch (error) {
    output.printError(`activity-spool: ${messageOf(error)}`);
    return 1;
  }
}

interface Call {
  readonly directory: string;
  run(directory: string, output: CommandOutput): Promise<number>;
}

/** What was asked for, or what is wrong with it. */
function parse(args: readonly string[]): Call | string {
  const string = { type: "string" } as const;
  try {
    const { positionals, values } = process.getBuiltinModule("node:util").parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: string, to: string, "write-key-env": string },
    });
    const [command = "", directory, ...rest] = positionals;
    const { out, to, "write-key-env": writeKeyEnv } = values;
    const readers: Readonly<Record<string, Call["run"]>> = { status: printStatus, audit: printAudit };
    const reader = Object.hasOwn(readers, command) ? readers[command] : undefined;
    const [flag] = Object.keys(values);
    if (reader === undefined && command !== "drain") return unknownCommand(command);
    if (directory === undefined) return `${command} needs a directory`;
    if (rest.length > 0) return `${command} takes no ${quote(rest[0])}`;
    if (reader !== undefined)
      return flag === undefined ? { directory, run: reader } : `${command} has no --${flag}`;
    if (out !== undefined && to !== undefined) return "--out and --to do not go together";
    if (writeKeyEnv !== undefined && to === undefined) return "--write-key-env goes with --to";
    return { directory, run: (path, output) => drain(path, { out, to, writeKeyEnv }, output) };
  } catch (cause) {
    return messageOf(cause); // It names the option that is none.
  }
}

function unknownCommand(command: string): string {
  const meant = closestName(command, ["status", "audit", "drain"]);
  const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
  return command === "" ? "there is no command" : `there is no command ${quote(command)}${advice}`;
}

/** Counts the files of a spool by what becomes of them. */
async function printStatus(directory: string, { print }: CommandOutput): Promise<number> {
  const here = createOwner();
  const groups = new Map<string, { files: number; bytes: number }>();
  for (const path of await listSegments(directory)) {
    const name = parseSegmentName(basename(path));
    const owner = name?.owner === undefined ? undefined : parseOwner(name.owner);
    const whose =
      owner === undefined ? "left for the next process" : `of a process that is ${livenessOf(owner, here)}`;
    const label = name === undefined ? "files of a file sink" : `${name.state}, ${whose}`;
    const group = groups.get(label) ?? { files: 0, bytes: 0 };
    groups.set(label, group);
    group.files++;
    group.bytes += (await fs.promises.stat(path)).size - (name?.offset ?? 0);
  }
  for (const [label, { files, bytes }] of groups) print(`${files} file(s), ${bytes} bytes: ${label}`);
  if (groups.size === 0) print("nothing waits here");
  return 0;
}

async function printAudit(directory: string, { print }: CommandOutput): Promise<number> {
  const damaged = { count: 0 };
  const report = await audit(eventsIn(directory, damaged));
  for (const { source, first, last, unexplained, tail } of report.sources) {
    const lost = unexplained.map(({ from, to }) => (from === to ? from : `${from}–${to}`)).join(", ");
    print(`${source}: ${first}–${last}, ${tail}${lost === "" ? "" : `, lost: ${lost}`}`);
  }
  const { events, lost, duplicated, announced, opaque } = report;
  print(
    `${events} event(s), ${lost} lost, ${duplicated} duplicated, ${announced} announced as dropped, ${damaged.count} line(s) damaged, ${opaque} with ids of their own`,
  );
  return lost + duplicated + damaged.count === 0 ? 0 : 1;
}

async function* eventsIn(directory: string, damaged: { count: number }): AsyncGenerator<string> {
  const encoder = new TextEncoder();
  for await (const text of readSegments(directory)) {
    if (isEventLine(encoder.encode(text))) yield text;
    else damaged.count++;
  }
}
