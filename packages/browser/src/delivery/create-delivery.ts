import { commitMs, lingerMs } from "../browser-limits.ts";
import type { Delivery, Keeper, Page } from "../page.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { kept } from "../waiting-event.ts";
import { createAnnouncer } from "./announcer.ts";
import { createEventSync } from "./event-sync.ts";
import { createEventWriter } from "./event-writer.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { createFinisher } from "./finish-event.ts";
import { createFlightNotes } from "./flight-notes.ts";
import { createJournal } from "./journal.ts";
import { letPart } from "./let-part.ts";
import { createLifeboat } from "./lifeboat.ts";
import type { Sender } from "./sender.ts";
import { createSender } from "./sender.ts";
import { requestLock } from "./sender-lock.ts";
import { trimQueue } from "./trim-queue.ts";
import { untilSettled } from "./until-settled.ts";

/** Makes the delivery of a page, and finishes what it has recorded until now. Nothing else is touched before `start`. */
export function createDelivery(page: Page, keeper: Keeper): Delivery {
  const { name, clock, queue, storage, safe } = page;
  const flying = new Set<string>();
  queue.listeners.add(({ id }) => flying.delete(id));
  const journal = createJournal(name, clock);
  const lifeboat = createLifeboat(page);
  const finish = createFinisher(page);
  const admit = (event: WaitingEvent): void => {
    queue.add(finish(event));
    trimQueue(queue, flying);
  };
  const writer = createEventWriter(page, { journal, lifeboat, flying, admit });
  const sync = createEventSync(page, { journal, lifeboat, writer });
  const notes = createFlightNotes(`${name}_note.`, storage, clock);
  const sender = createSender(page, { keeper, notes, writer, flying, adopt: () => sync(true) });
  const turn = createTurn(page, { sender, sync, isRung: lifeboat.isRung });
  const announce = createAnnouncer(
    (id) => queue.events.has(id) && !flying.has(id) && (sender.isSending || writer.isNew(id)),
    (announcement) => {
      const { id } = announcement;
      if (id) writer.rewrite(id);
      announcement.id = keeper.notify("events_dropped", announcement.attributes, id);
    },
  );
  queue.listeners.add((event, outcome, reason) => {
    if (page.consent === "granted" && (reason || outcome === "rejected")) announce(event, reason ?? outcome);
  });

  const stop = (): void => {
    turn.end();
    journal.close();
  };
  const leave = (): void => {
    // Nothing can leave offline, and the next page would wait for the answer. What was kept may be another's after `stop`.
    if (!turn.isOther && navigator.onLine !== false) sender.leave(turn.isAsked ? undefined : writer.isNew);
  };
  const flush = async (timeoutMs: number): Promise<void> => {
    sender.hurry();
    const ids = page.consent === "granted" ? queue.events.keys() : [];
    await untilSettled(queue, ids, { clock, timeoutMs });
  };
  letPart(page);
  for (const event of queue.events.values())
    if (page.consent === "granted" && event.flaws) {
      writer.rewrite(event.id);
      queue.add(finish(event));
    }
  return {
    finish,
    explain: (call) => explainRefusal(page, call),
    entered: ({ importance }) => {
      if (importance !== kept) trimQueue(queue, flying);
      writer.keep();
      sender.wake(lingerMs);
    },
    start: () => {
      // Opens the journal, so that it is there when the first event comes.
      void writer.write();
      turn.ask(safe.giveUp);
    },
    stop,
    leave: () => {
      leave();
      writer.leave();
    },
    part: leave,
    back: () => {
      queue.settle(lifeboat.haul(), "handedOver");
      sender.hurry();
    },
    flush,
    close: async (timeoutMs) => {
      await flush(timeoutMs);
      await writer.write();
      // What is under way has its outcome when the answer comes, even if nobody asks any more.
      const left = [...queue.events.keys()].filter((id) => !flying.has(id));
      queue.settle(
        left.filter((id) => writer.stored.has(id)),
        "handedOver",
      );
      queue.settle(left, "dropped", "closed");
      stop();
    },
  };
}

/** The turns of a page to send. */
interface Turn {
  /** Whether another page is known to send. */
  readonly isOther: boolean;
  /** Whether this page has asked for its turn, and has not ended that. */
  readonly isAsked: boolean;
  /** Asks for a turn, if that was not done; told when there are no locks. */
  ask(onAlone: (cause: unknown) => void): void;
  end(): void;
}

interface TurnParts {
  readonly sender: Sender;
  readonly sync: (adopting: boolean, isAlone?: boolean) => Promise<void>;
  readonly isRung: (key: string | null) => boolean;
}

function createTurn(page: Page, { sender, sync, isRung }: TurnParts): Turn {
  const { name, clock, signal } = page;
  let release: (() => void) | undefined;
  let isOther = false;
  let isListening = false;

  async function take(isAlone: boolean): Promise<void> {
    isOther = false;
    isListening = isAlone;
    const turn = release;
    await sync(true, isAlone);
    if (turn !== release) return;
    sender.isSending = true;
    sender.wake(page.parted?.size ? 0 : lingerMs);
  }

  addEventListener("online", sender.hurry, { signal });
  // Another page changed what is stored.
  addEventListener(
    "storage",
    ({ key }) => {
      if (!release || isListening || !isRung(key)) return;
      isListening = true;
      clock.setTimer(() => {
        isListening = false;
        void sync(sender.isSending).then(() => sender.wake(0));
      }, commitMs);
    },
    { signal },
  );
  return {
    get isOther() {
      return isOther;
    },
    get isAsked() {
      return !!release;
    },
    ask: (onAlone) => {
      if (release) return;
      const goAlone = (cause: unknown): void => {
        onAlone(cause);
        void take(true);
      };
      if (!globalThis.document) return goAlone("a worker");
      release = requestLock(name, {
        onHeld: () => void take(false),
        onOther: () => {
          isOther = true;
        },
        onAlone: goAlone,
      });
    },
    end: () => {
      release?.();
      release = undefined;
      sender.isSending = false;
    },
  };
}
