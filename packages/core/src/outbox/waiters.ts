import type { Reason } from "../ports/reason.ts";
import type { AckLevel, LateFate, WriteException, WriteOutcome } from "../ports/sink.ts";
import type { Position } from "../ports/store.ts";

/** A write that waits for its events: one for all of them, with an entry only for those that fail. */
export interface Ticket {
  readonly first: Position;
  readonly last: Position;
  /** Events without an outcome, by their place in the write. */
  readonly open: Set<number>;
  readonly except: WriteException[];
  /** Events that were answered as unknown, and who hears of their fate. */
  readonly late: Map<number, (fate: LateFate) => void>;
  /** Its caller has gone: nothing of it is sent again. */
  aborted: boolean;
  readonly resolve: (outcome: WriteOutcome) => void;
}

interface Barrier {
  readonly upTo: Position;
  remaining: number;
  resolve: () => void;
}

/** Who waits for which positions: writes for their own, flushes for everything before them. */
export class Waiters {
  readonly #tickets: Ticket[] = [];
  readonly #barriers = new Set<Barrier>();
  readonly #announcements = new Set<Position>();
  #last: Position = 0;
  /** Positions without an outcome. */
  #pending = 0;

  /** Notes that an event has entered; positions only ever grow. */
  enter(position: Position): void {
    this.#last = position;
    this.#pending++;
  }

  /** Notes that an event which has entered is an announcement. */
  announce(position: Position): void {
    this.#announcements.add(position);
  }

  /** Whether an announcement has no outcome yet. */
  get announcing(): boolean {
    return this.#announcements.size > 0;
  }

  /** Whether an event is an announcement. */
  announces(position: Position): boolean {
    return this.#announcements.has(position);
  }

  /** Whether somebody waits, so that the process must not end. */
  get waiting(): boolean {
    return this.#barriers.size > 0 || this.#tickets.some((ticket) => !ticket.aborted);
  }

  /** Whether a flush or close waits. */
  get draining(): boolean {
    return this.#barriers.size > 0;
  }

  /** Opens a ticket for `count` positions from `first`. */
  open(first: Position, count: number, resolve: (outcome: WriteOutcome) => void): Ticket {
    const open = new Set(Array.from({ length: count }, (_, index) => index));
    const ticket: Ticket = {
      first,
      last: first + count - 1,
      open,
      except: [],
      late: new Map(),
      aborted: false,
      resolve,
    };
    this.#tickets.push(ticket);
    return ticket;
  }

  /** Resolves when everything that has entered has an outcome; `cancel` stops listening. */
  barrier(): { readonly reached: Promise<void>; cancel(): void } {
    if (this.#pending === 0) return { reached: Promise.resolve(), cancel: () => undefined };
    const barrier: Barrier = { upTo: this.#last, remaining: this.#pending, resolve: () => undefined };
    const reached = new Promise<void>((resolve) => {
      barrier.resolve = resolve;
    });
    this.#barriers.add(barrier);
    return { reached, cancel: () => this.#barriers.delete(barrier) };
  }

  /** Tells that one event has an outcome. */
  settle(position: Position, was?: WriteException["was"], reason?: Reason): void {
    this.#pending--;
    if (this.#announcements.size > 0) this.#announcements.delete(position);
    if (this.#barriers.size > 0) this.#countDown(position);
    const ticket = this.#ticketOf(position);
    if (ticket === undefined || !ticket.open.delete(position - ticket.first)) return;
    ticket.late.get(position - ticket.first)?.(was ?? "delivered");
    if (was !== undefined)
      ticket.except.push({ index: position - ticket.first, was, reason: reason ?? { code: was } });
    if (ticket.open.size === 0) this.finish(ticket, "delivered");
  }

  /** Answers a ticket that has reached what it waits for, and forgets it. */
  finish(ticket: Ticket, reached: AckLevel): void {
    const place = this.#tickets.indexOf(ticket);
    if (place >= 0) this.#tickets.splice(place, 1);
    if (!ticket.aborted) ticket.resolve(outcomeOf(ticket, reached));
  }

  /** Answers a ticket now and forgets it, unless events of it are still under way. */
  abort(ticket: Ticket, unsent: ReadonlySet<number>, reason: Reason): void {
    ticket.aborted = true;
    for (const index of ticket.open) {
      if (unsent.has(index)) ticket.except.push({ index, was: "withdrawn", reason });
      else {
        const late = new Promise<LateFate>((resolve) => ticket.late.set(index, resolve));
        ticket.except.push({ index, was: "unknown", reason, late });
      }
    }
    ticket.resolve(outcomeOf(ticket, "delivered"));
  }

  /** Answers everybody: nothing more will happen. */
  end(was: WriteException["was"], reason: Reason): void {
    for (const barrier of this.#barriers) barrier.resolve();
    this.#barriers.clear();
    for (const ticket of [...this.#tickets]) {
      for (const index of ticket.open) ticket.except.push({ index, was, reason });
      for (const index of ticket.open) ticket.late.get(index)?.(was);
      this.finish(ticket, "delivered");
    }
  }

  /** Whether an event is of a write whose caller has gone. */
  abandoned(position: Position): boolean {
    return this.#ticketOf(position)?.aborted === true;
  }

  #countDown(position: Position): void {
    for (const barrier of this.#barriers) {
      if (position <= barrier.upTo && --barrier.remaining === 0) {
        this.#barriers.delete(barrier);
        barrier.resolve();
      }
    }
  }

  #ticketOf(position: Position): Ticket | undefined {
    if (this.#tickets.length === 0) return undefined;
    // Tickets are few and ascending; the one wanted is near the front, since the oldest are sent first.
    return this.#tickets.find((ticket) => position >= ticket.first && position <= ticket.last);
  }
}

function outcomeOf({ except }: Ticket, reached: AckLevel): WriteOutcome {
  return {
    state: "done",
    reached,
    ...(except.length > 0 ? { except: except.toSorted((a, b) => a.index - b.index) } : {}),
  };
}
