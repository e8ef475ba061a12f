import { decodeUtf8 } from "../event/utf8.ts";
import type { DropReason } from "../ports/sink.ts";
import type { Lease } from "../ports/store.ts";
import type { Batch, TransportLimits } from "../ports/transport.ts";

/** A lease while batches cut from it are under way. */
export interface OpenLease {
  readonly lease: Lease;
  /** Events without an outcome. */
  open: number;
}

/** A batch that stays itself through every retry: same events, same lane, same binding. */
export class OutboxBatch implements Batch {
  readonly from: OpenLease;
  /** Which events of the lease, ascending. */
  readonly indices: readonly number[];
  attempt = 0;
  /** When the last attempt began, by the clock's `monotonic()`. */
  begunAt = 0;
  /** Whether it may have reached the next hop. */
  sent = false;
  /** Why it is not to be sent again. */
  givenUp: DropReason | undefined;
  binding?: unknown;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  constructor(from: OpenLease, indices: readonly number[], binding?: unknown) {
    this.from = from;
    this.indices = indices;
    this.binding = binding;
  }

  get lane(): number {
    return this.from.lease.lane;
  }

  get count(): number {
    return this.indices.length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    this.#bytes ??= this.#collect();
    return this.#bytes;
  }

  at(index: number): Uint8Array<ArrayBuffer> {
    const place = this.#place(index);
    return this.from.lease.bytes.subarray(startOf(this.from.lease, place), endOf(this.from.lease, place) - 1);
  }

  /** The events as text. */
  texts(): readonly string[] {
    return this.indices.map((_, index) => decodeUtf8(this.at(index)));
  }

  /** Some of this batch's events as a batch with the same binding that was tried as often. */
  part(indices: readonly number[]): OutboxBatch {
    const part = new OutboxBatch(this.from, indices, this.binding);
    part.attempt = this.attempt;
    part.sent = this.sent;
    part.givenUp = this.givenUp;
    return part;
  }

  /** The events whose place in this batch passes. */
  pick(passes: (place: number) => boolean): OutboxBatch {
    return this.part(this.indices.filter((_, place) => passes(place)));
  }

  #place(index: number): number {
    const place = this.indices[index];
    if (place === undefined)
      throw new RangeError(`the batch has ${this.count} events; there is none at ${index}`);
    return place;
  }

  #collect(): Uint8Array<ArrayBuffer> {
    const { lease } = this.from;
    const first = this.#place(0);
    const last = this.#place(this.count - 1);
    if (last - first === this.count - 1)
      return lease.bytes.subarray(startOf(lease, first), endOf(lease, last));
    const parts = this.indices.map((place) =>
      lease.bytes.subarray(startOf(lease, place), endOf(lease, place)),
    );
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let used = 0;
    for (const part of parts) {
      bytes.set(part, used);
      used += part.length;
    }
    return bytes;
  }
}

/** Cuts a lease into batches within a transport's limits; an event larger than a batch travels alone. */
export function cutLease(from: OpenLease, limits: TransportLimits): OutboxBatch[] {
  const { lease } = from;
  const batches: OutboxBatch[] = [];
  let indices: number[] = [];
  let start = 0;
  for (let index = 0; index < lease.count; index++) {
    if (
      indices.length === limits.maxEvents ||
      (indices.length > 0 && endOf(lease, index) - start > limits.maxBytes)
    ) {
      batches.push(new OutboxBatch(from, indices));
      indices = [];
      start = startOf(lease, index);
    }
    indices.push(index);
  }
  if (indices.length > 0) batches.push(new OutboxBatch(from, indices));
  return batches;
}

/** The size of the parts of a batch that is too large: halves, or less where the next hop says how many events it takes. */
export function partSize(count: number, maxEvents: number = count): number {
  const half = Math.ceil(count / 2);
  return maxEvents >= 1 && maxEvents < half ? Math.floor(maxEvents) : half;
}

function startOf(lease: Lease, index: number): number {
  return index === 0 ? 0 : endOf(lease, index - 1);
}

function endOf(lease: Lease, index: number): number {
  return lease.ends[index] as number; // A lease has an end for each of its events.
}
