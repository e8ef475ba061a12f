import type { Position } from "@activity/core";
import { endOfTurn } from "./end-of-turn.ts";

/** What a group commit makes durable. */
export interface CommitPort {
  /** The last position that was given. */
  last(): Position;
  /** Makes everything written so far durable. */
  sync(): Promise<void>;
}

/**
 * One sync for all who wait: whoever comes while one is under way shares the next, and so do all who come in the same
 * turn of the event loop, since a sync costs its process as much as the work on a whole request.
 */
export class GroupCommit {
  readonly #port: CommitPort;
  #durable: Position = 0;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(port: CommitPort) {
    this.#port = port;
  }

  /** Resolves when everything up to a position is durable. Rejects when the sync failed. */
  async reach(upTo: Position): Promise<void> {
    if (upTo <= this.#durable) return;
    // What runs now may have begun before the position was written.
    this.#next ??= (this.#running ?? Promise.resolve())
      .catch(() => undefined) // Told to those who waited for it.
      .then(endOfTurn)
      .then(() => this.#run());
    await this.#next;
  }

  #run(): Promise<void> {
    const last = this.#port.last();
    this.#next = undefined;
    this.#running = this.#port.sync().then(() => {
      this.#durable = Math.max(this.#durable, last);
    });
    return this.#running;
  }
}
