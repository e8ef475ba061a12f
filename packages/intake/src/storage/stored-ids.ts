import { httpContract } from "@activity/core";
import { readSegments } from "@activity/spool";

/**
 * The ids of the newest events in a directory of segments, at most as many as the window of repeats holds,
 * roughly oldest first.
 *
 * @throws what reading throws.
 */
export async function* storedIds(
  directory: string,
  maxIds: number = httpContract.dedupe.maxIds,
): AsyncGenerator<string> {
  const ids: string[] = [];
  for await (const text of readSegments(directory, { files: "newest first" })) {
    const id = idOf(text);
    if (id !== undefined) ids.push(id);
    if (ids.length === maxIds) break;
  }
  yield* ids.reverse();
}

function idOf(text: string): string | undefined {
  try {
    const event: unknown = JSON.parse(text);
    const id =
      typeof event === "object" && event !== null && "event_id" in event ? event.event_id : undefined;
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined; // A damaged line has no id; whoever audits the segments finds it.
  }
}
