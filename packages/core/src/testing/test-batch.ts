import type { Batch } from "../ports/transport.ts";

/** What a {@link testBatch} may have beside its events. */
export interface TestBatchOptions {
  /** @defaultValue 0 */
  readonly lane?: number | undefined;
  /** @defaultValue 1 */
  readonly attempt?: number | undefined;
  readonly binding?: unknown;
}

/** A batch of some events' texts, as an outbox hands one to a transport. */
export function testBatch(texts: readonly string[], options: TestBatchOptions = {}): Batch {
  const { lane = 0, attempt = 1, binding } = options;
  const encoder = new TextEncoder();
  const bytes = encoder.encode(texts.map((text) => `${text}\n`).join(""));
  let end = 0;
  const ends = texts.map((text) => {
    end += encoder.encode(text).length + 1;
    return end;
  });
  return {
    lane,
    count: texts.length,
    bytes,
    at: (index) => bytes.subarray(ends[index - 1] ?? 0, (ends[index] ?? 0) - 1),
    attempt,
    binding,
  };
}

/** The texts of a batch's events. */
export function batchTexts(batch: Batch): readonly string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: batch.count }, (_, index) => decoder.decode(batch.at(index)));
}
