import { existsSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What was found in the final store so far. */
export interface Arrived {
  /** Distinct ids by the service that recorded them. */
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
  /** Milliseconds from `event_time` until the event was seen in the store, by service. */
  readonly delaysMs: ReadonlyMap<string, readonly number[]>;
}

/** Follows the segments of a file sink while they grow, for the live view. The account at the end reads them anew. */
export class SegmentTail implements Arrived {
  readonly ids = new Map<string, Set<string>>();
  readonly delaysMs = new Map<string, number[]>();
  readonly #folder: string;
  readonly #offsets = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads what has been added since the last time, and notes it here or in another tail. */
  async read(into: SegmentTail = this): Promise<void> {
    if (!existsSync(this.#folder)) return;
    const names = await readdir(this.#folder, { recursive: true });
    for (const name of names.filter((entry) => entry.endsWith(".ndjson")))
      await this.#readFile(join(this.#folder, name), into);
  }

  /** Notes one event; for stores that are not files. */
  note(text: string, seenMs: number): void {
    const event = JSON.parse(text) as Record<string, unknown>; // Only checked events get into a store.
    const service = String(event["service_name"] ?? "");
    const ids = this.ids.get(service) ?? new Set();
    const delays = this.delaysMs.get(service) ?? [];
    if (!ids.has(String(event["event_id"]))) delays.push(seenMs - Date.parse(String(event["event_time"])));
    ids.add(String(event["event_id"]));
    this.ids.set(service, ids);
    this.delaysMs.set(service, delays);
  }

  async #readFile(path: string, into: SegmentTail): Promise<void> {
    const file = await open(path).catch(() => undefined); // It may have been renamed since it was listed.
    if (file === undefined) return;
    try {
      const from = this.#offsets.get(path) ?? 0;
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(Math.max(0, size - from)),
        position: from,
      });
      const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      this.#offsets.set(path, from + end);
      for (const line of buffer.toString("utf8", 0, end).split("\n"))
        if (line !== "") into.note(line, Date.now());
    } finally {
      await file.close();
    }
  }
}
