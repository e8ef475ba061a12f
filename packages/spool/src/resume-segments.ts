import type { Clock } from "@activity/core";
import { FileContent } from "./file-content.ts";
import { Segment } from "./segment.ts";
import type { JournalRest } from "./spool-journal.ts";

/** The segments that a journal of this process has written, for its spool: they take no more events. */
export function resumeSegments(
  folder: string,
  rest: JournalRest | undefined,
  clock: Clock,
): readonly Segment[] {
  return (rest?.segments ?? []).map(({ name, events }) => {
    const { lane, importance } = name;
    const segment = new Segment({ content: FileContent.reopen(folder, name), lane, importance });
    segment.sealed = true;
    for (const [end, position, time] of events) segment.add(end, position, time);
    segment.writtenMs = clock.now() - clock.monotonic() + (events.at(-1)?.[2] ?? 0);
    return segment;
  });
}
