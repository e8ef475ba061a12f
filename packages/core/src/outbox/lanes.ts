import type { Clock } from "../ports/clock.ts";
import type { RetryOptions } from "./gate.ts";
import { Gate } from "./gate.ts";
import type { OutboxBatch } from "./outbox-batch.ts";

/** One ordered stream: what waits to be sent, in order, and what is under way. */
export interface LaneState {
  readonly gate: Gate;
  readonly queue: OutboxBatch[];
  readonly flying: Set<OutboxBatch>;
}

/** The lanes of one outbox. */
export class Lanes {
  readonly #lanes = new Map<number, LaneState>();
  readonly #clock: Clock;
  readonly #retry: RetryOptions;
  readonly #perLane: number;

  constructor(clock: Clock, retry: RetryOptions, perLane: number) {
    this.#clock = clock;
    this.#retry = retry;
    this.#perLane = perLane;
  }

  get(lane: number): LaneState {
    let state = this.#lanes.get(lane);
    if (state === undefined) {
      state = { gate: new Gate(this.#clock, this.#retry), queue: [], flying: new Set() };
      this.#lanes.set(lane, state);
    }
    return state;
  }

  /** Whether more of a lane may be leased: only when what was leased before is under way or done. */
  takes(lane: number): boolean {
    const state = this.#lanes.get(lane);
    return state === undefined || (state.queue.length === 0 && this.#admits(state));
  }

  /** Whether the last try of a lane failed. */
  isFailing(lane: number): boolean {
    return this.#lanes.get(lane)?.gate.failing === true;
  }

  /** The lane to send from next: of those that may, the one that has not sent for longest. */
  next(): LaneState | undefined {
    for (const [lane, state] of this.#lanes) {
      if (state.queue.length === 0 || !this.#admits(state)) continue;
      this.#lanes.delete(lane);
      this.#lanes.set(lane, state);
      return state;
    }
    return undefined;
  }

  /** When the first gate that is closed now opens; `Infinity` when none is. */
  nextOpening(): number {
    const now = this.#clock.monotonic();
    let at = Number.POSITIVE_INFINITY;
    for (const { gate } of this.#lanes.values()) if (gate.until > now) at = Math.min(at, gate.until);
    return at;
  }

  hurry(): void {
    for (const { gate } of this.#lanes.values()) gate.hurry();
  }

  values(): Iterable<LaneState> {
    return this.#lanes.values();
  }

  #admits({ gate, flying }: LaneState): boolean {
    return flying.size < this.#perLane && gate.admits(flying.size);
  }
}
