import type { Problem } from "@activity/core";
import { commitMs, lingerMs } from "./browser-limits.ts";
import type { PageClock } from "./clock.ts";
import type { EventQueue } from "./event-queue.ts";
import { createEventSync } from "./event-sync.ts";
import type { EventWriter } from "./event-writer.ts";
import { createEventWriter } from "./event-writer.ts";
import { createFlightNotes } from "./flight-notes.ts";
import type { Identity } from "./identity.ts";
import { createJournal } from "./journal.ts";
import { createLifeboat } from "./lifeboat.ts";
import type { PageStorage } from "./page-storage.ts";
import type { Sender } from "./sender.ts";
import { createSender } from "./sender.ts";
import { requestLock } from "./sender-lock.ts";

/** What a delivery is made of. */
export interface DeliveryOptions {
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly clock: PageClock;
  readonly queue: EventQueue;
  readonly storage: PageStorage;
  readonly identity: Identity;
  readonly onProblem: (problem: Problem) => void;
  readonly onUnwanted: () => undefined;
}

/** Keeps what waits and brings it to the server, together with the other pages of the origin. */
export interface Delivery {
  readonly writer: EventWriter;
  readonly sender: Sender;
  /** Whether the page is being unloaded, or lies in the back-forward cache. */
  readonly isGone: boolean;
  /** Takes part: keeps, and sends when it is this page's turn. */
  start(): void;
  /** In one step: sends what a leaving page may, and leaves the rest to others. `forGood`, it takes part no more. */
  leave(forGood: boolean): void;
  /** The page is back. */
  back(): void;
  /** Another page changed what is stored under a key. */
  hear(key: string | null): void;
  /** Takes part no more. */
  stop(): void;
  /** Deletes everything that is kept. */
  clear(): void;
}

/** Makes the delivery of a page. Nothing is touched before `start`. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { url, clock, queue, storage, identity, onProblem } = options;
  const name = `activity_${url}`;
  const bell = `${name}_boat`;
  const journal = createJournal(name, clock);
  const lifeboat = createLifeboat(bell, storage);
  const writer = createEventWriter({
    ...options,
    journal,
    lifeboat,
    onGivenUp: (cause) => onProblem({ code: "store", message: "events wait in memory only", cause }),
  });
  const sync = createEventSync({ queue, journal, lifeboat, writer });
  const sender = createSender({
    ...options,
    writer,
    notes: createFlightNotes(`${name}_note.`, storage, clock),
    adopt: () => sync(true),
  });
  let release: (() => void) | undefined;
  /** Whether another page is known to send. */
  let isOther = false;
  let isListening = false;
  let isGone = false;

  async function takeTurn(isAlone: boolean): Promise<void> {
    isOther = false;
    isListening = isAlone;
    const turn = release;
    await sync(true, isAlone);
    if (turn !== release) return;
    sender.isSending = true;
    sender.wake(lingerMs);
  }

  function onAlone(cause: unknown): void {
    writer.giveUp(cause);
    void takeTurn(true);
  }

  function start(): void {
    if (release) return;
    if (!globalThis.document) return onAlone("no page hears of what a worker stores");
    // Opens the journal, so that it is there when the first event comes.
    void writer.write();
    release = requestLock(name, {
      onHeld: () => void takeTurn(false),
      onOther: () => {
        isOther = true;
      },
      onAlone,
    });
  }

  function stop(): void {
    release?.();
    release = undefined;
    sender.isSending = false;
    journal.close();
  }

  return {
    writer,
    sender,
    get isGone() {
      return isGone;
    },
    start,
    stop,
    leave: (forGood) => {
      isGone ||= forGood;
      // Nothing can leave offline, and the next page would wait for the answer. What was kept may be another's after `stop`.
      if (!isOther && navigator.onLine !== false) sender.leave(release ? undefined : writer.isNew);
      writer.leave();
      if (forGood) stop();
    },
    back: () => {
      isGone = false;
      queue.settle(lifeboat.haul(), "handedOver");
      start();
      sender.hurry();
    },
    hear: (key) => {
      if (!release || isListening || !key?.startsWith(bell)) return;
      isListening = true;
      clock.setTimer(() => {
        isListening = false;
        void sync(sender.isSending).then(() => sender.wake(0));
      }, commitMs);
    },
    clear: () => {
      journal.delete();
      for (const key of storage.keys(name)) storage.remove(key);
      identity.clear();
    },
  };
}
