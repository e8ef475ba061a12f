/** The cells of the table of faults. */
import type { RowResult } from "./fault-trials.ts";
import type { PeerTrial } from "./peer-trial.ts";

/** One line of the table: a name, and a cell for each client. */
export function lineOf([name = "", ...cells]: readonly string[]): string {
  return [name.padEnd(26), ...cells.map((cell) => cell.padEnd(42))].join("").trimEnd();
}

/** `1000 (0 at once) / 1.9 s`, and what was sent again under its old id. */
export function cellOfRow({ events, lost, storedByFirst, repeats, closeS, runs, starts }: RowResult): string {
  const arrived = events - lost / runs;
  const early = storedByFirst === events ? "" : ` (${storedByFirst} at once)`;
  const again = starts > 1 ? ` after ${starts} starts` : "";
  return `${arrived}${again}${early}${seconds(closeS?.median)}${repeatsOf(repeats)}`;
}

/** The same for another maker's client; `> 40 s` where it never came to an end. */
export function cellOfPeer({ arrived, closeMs, account }: PeerTrial, closes: boolean): string {
  const time = closeMs === undefined ? (closes ? " / > 40 s" : "") : seconds(closeMs / 1_000);
  return `${arrived}${time}${repeatsOf(account.repeats)}`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? "" : ` / ${value.toFixed(1)} s`;
}

function repeatsOf(repeats: number): string {
  return repeats === 0 ? "" : ` + ${repeats} again`;
}
