import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { audit } from "@activity/core";
import { createOwner, livenessOf, parseOwner } from "./owner.ts";
import { isEventLine } from "./read-lines.ts";
import { listSegments, readSegments } from "./read-segments.ts";
import { parseSegmentName } from "./segment-name.ts";

const usage = `usage: activity-spool status DIR   what waits in DIR and whose it is
       activity-spool audit DIR    accounts for every event in the files of DIR`;

/** What a command prints and where. */
export interface CommandOutput {
  print(line: string): void;
  printError(line: string): void;
}

const terminal: CommandOutput = {
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
};

/**
 * Runs the command line `activity-spool`; gives the exit code: 0 when it ended as asked, 1 when it failed or
 * an audit found a loss, a repeat or a damaged line, 2 when the arguments cannot be. Changes no file.
 */
export async function runCommand(args: readonly string[], output: CommandOutput = terminal): Promise<number> {
  const [command, directory, ...rest] = args;
  const run = command === "status" ? printStatus : command === "audit" ? printAudit : undefined;
  if (run === undefined || directory === undefined || rest.length > 0) {
    output.printError(usage);
    return 2;
  }
  try {
    await stat(directory);
    return await run(directory, output);
  } catch (error) {
    output.printError(`activity-spool: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
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
    group.bytes += (await stat(path)).size - (name?.offset ?? 0);
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
  const { events, lost, duplicated, announced } = report;
  print(
    `${events} event(s), ${lost} lost, ${duplicated} duplicated, ${announced} announced as dropped, ${damaged.count} line(s) damaged`,
  );
  return lost + duplicated + damaged.count === 0 ? 0 : 1;
}

async function* eventsIn(directory: string, damaged: { count: number }): AsyncGenerator<unknown> {
  const encoder = new TextEncoder();
  for await (const text of readSegments(directory)) {
    if (isEventLine(encoder.encode(text))) yield JSON.parse(text);
    else damaged.count++;
  }
}
