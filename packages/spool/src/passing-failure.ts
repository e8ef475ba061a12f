import type { Clock, Timer } from "@activity/core";

/** Codes of the system for what ends by itself: too many open files, no memory, a file that something else holds. */
const passing: ReadonlySet<unknown> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "EAGAIN",
  "EINTR",
  "EBUSY",
  "ETIMEDOUT",
]);

/** Codes of the system for what may not be read: somebody has changed its rights, and may change them back. */
const refused: ReadonlySet<unknown> = new Set(["EACCES", "EPERM"]);

const againAfterMs = 200;

/** Whether something failed only for now: what could not be read for such a reason is not lost. */
export function isPassing(cause: unknown): boolean {
  return passing.has((cause as Partial<NodeJS.ErrnoException> | null | undefined)?.code); // Of whatever was thrown.
}

/** Whether something may not be read: it is there, and nobody knows that it is lost. */
export function isRefused(cause: unknown): boolean {
  return refused.has((cause as Partial<NodeJS.ErrnoException> | null | undefined)?.code); // As above.
}

/** Has something read again a little later, once however often it is asked. */
export class ReadAgain {
  readonly #clock: Clock;
  readonly #read: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, read: () => void) {
    this.#clock = clock;
    this.#read = read;
  }

  /** What a store answers meanwhile. */
  later(): "loading" {
    const due = (): void => {
      this.#timer = undefined;
      this.#read();
    };
    this.#timer ??= this.#clock.setTimer(due, againAfterMs, { unref: true });
    return "loading";
  }
}
