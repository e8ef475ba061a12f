import type { Verdict } from "@activity/core";
import { batchBytes, batchEvents, failuresToProbe, maxWaitingEvents } from "../browser-limits.ts";
import type { PageClock } from "../clock.ts";
import { createId } from "../clock.ts";
import type { Keeper, Page } from "../page.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { kept } from "../waiting-event.ts";
import { createAttempts } from "./attempt.ts";
import { encodeWrapper } from "./encode-wrapper.ts";
import type { EventWriter } from "./event-writer.ts";
import type { FlightNotes } from "./flight-notes.ts";
import { createGate } from "./gate.ts";
import type { BatchWish } from "./take-batch.ts";
import { takeBatch } from "./take-batch.ts";

/** Sends what waits, as long as it may. */
export interface Sender {
  /** Whether this page is the one that sends. */
  isSending: boolean;
  /** Looks after so long whether there is something to send. */
  wake(afterMs: number): void;
  /** Tries now what waits for a back-off to pass; not what the server asked to wait with. */
  hurry(): void;
  /** Begins to send at once what a leaving page may, whoever else sends; of that what is wanted, by default all. */
  leave(isWanted?: (id: string) => boolean): void;
}

/** What a sender works with. */
export interface SenderParts {
  readonly keeper: Keeper;
  readonly notes: FlightNotes;
  readonly writer: EventWriter;
  /** The ids of those under way. */
  readonly flying: Set<string>;
  /** Takes over what other and earlier pages have left. */
  readonly adopt: () => Promise<void>;
}

type Retry = Extract<Verdict, { readonly kind: "retry" }>;

interface Portion extends Omit<BatchWish, "isWithheld"> {
  /** @defaultValue all */
  readonly isWanted?: ((id: string) => boolean) | undefined;
}

/** More than what stands round the events of a body. */
const wrapperBytes = 200;

/** Makes the sender of a page. */
export function createSender(page: Page, parts: SenderParts): Sender {
  const { queue, safe, clock } = page;
  const { keeper, notes, writer, flying } = parts;
  const gate = createGate(clock);
  const attempts = createAttempts(page, notes);
  const sent = new Set<string>();
  queue.listeners.add(({ id }) => sent.delete(id));
  let maxEvents: number = batchEvents;
  let isBusy = false;
  const wake = createWaker(clock, pump);

  /** A batch had its answer, or the receipt of one of which nobody heard: removes what the journal must no longer have, and the note. */
  async function dismiss(batchId: string, received?: readonly string[]): Promise<void> {
    const { isDurable } = safe;
    if (received) {
      // Its page may have left events where this one has not looked.
      writer.deliver(received);
      await parts.adopt();
      writer.deliver(received);
    }
    await writer.write();
    // Else it is for who sends next: a failed request may arrive yet, and what was not removed, or was taken over, comes.
    if (sender.isSending && isDurable === safe.isDurable) notes.remove(batchId);
  }

  function take(wish: Portion): readonly WaitingEvent[] {
    const withheld = notes.withheld((...batch) => void (wish.isLeaving || dismiss(...batch)));
    if (withheld.size > 0) wake(1_000);
    const isWithheld = (id: string): boolean =>
      flying.has(id) || withheld.has(id) || wish.isWanted?.(id) === false;
    return takeBatch(page, { ...wish, isWithheld });
  }

  function pump(): void {
    if (!sender.isSending || isBusy) return;
    const waitMs = gate.waitMs();
    if (waitMs > 0) return wake(waitMs);
    const most = gate.failures < failuresToProbe ? maxEvents : 1;
    const batch = take({ maxEvents: most, maxBytes: batchBytes });
    if (batch.length === 0) return;
    isBusy = true;
    void send(batch, false).then(() => {
      isBusy = false;
      pump();
    });
  }

  async function send(batch: readonly WaitingEvent[], isLeaving: boolean): Promise<void> {
    const ids = batch.map(({ id }) => id);
    const batchId = createId();
    for (const id of ids) flying.add(id);
    const onDeparture = (): boolean => {
      if (!isLeaving && !sender.isSending) return false;
      for (const id of ids) if (sent.size === sent.add(id).size) queue.counts.repeats++;
      return true;
    };
    const text = encodeWrapper(batchId, clock.now(), batch);
    const bytes = batch.reduce((sum, event) => sum + event.bytes + 1, wrapperBytes);
    let verdict = await attempts.make({ batchId, ids, text, bytes, onDeparture, isLeaving });
    for (const id of ids) flying.delete(id);
    if (!verdict) return;
    if (verdict.kind === "denied") return keeper.setConsent("denied");
    // An answer may be lost behind its head, in which the receipt stood.
    if (verdict.kind === "retry" && notes.isReceived(batchId)) verdict = { kind: "delivered" };
    maxEvents = judge(page, writer, { ids, verdict }) ?? Math.min(batchEvents, maxEvents * 2);
    if (verdict.kind === "retry") {
      if (gate.failures === 0) tellPause(page, verdict);
      gate.fail(verdict.afterMs);
    } else gate.succeed();
    await dismiss(batchId);
  }

  const sender: Sender = {
    isSending: false,
    wake,
    hurry: () => {
      gate.hurry();
      wake(0);
    },
    leave: (isWanted) => {
      // While the server fails, what the journal has is safer there than under way from a page that hears no answer.
      if (safe.isDurable && (gate.failures || gate.isAsked())) return;
      const room = attempts.room() - wrapperBytes;
      const batch = take({ maxEvents: maxWaitingEvents, maxBytes: room, isLeaving: true, isWanted });
      // What is about events alone is worth no request of its own: the next page sends it.
      if (batch.some(({ importance }) => importance !== kept)) void send(batch, true);
    },
  };
  return sender;
}

/** Makes the function that has something done after so long, or before if that was asked for, too. */
function createWaker(clock: PageClock, act: () => void): (afterMs: number) => void {
  let timer: { readonly at: number; cancel(): void } | undefined;
  return (afterMs) => {
    const at = clock.monotonic() + afterMs;
    if (timer && timer.at <= at) return;
    timer?.cancel();
    const wake = (): void => {
      timer = undefined;
      act();
    };
    timer = { at, ...clock.setTimer(wake, afterMs) };
  };
}

function tellPause({ onProblem }: Page, { attention, reason }: Retry): void {
  if (attention) onProblem({ code: "paused", message: `nothing is sent: ${reason.detail}`, reason });
}

/** Gives the events of a batch what a verdict says. Returns how many the next batch may have, where that is less. */
function judge(
  { queue, onProblem }: Page,
  writer: EventWriter,
  { ids, verdict }: { readonly ids: readonly string[]; readonly verdict: Verdict },
): number | undefined {
  if (verdict.kind === "retry") return undefined;
  if (verdict.kind === "split" && ids.length > 1) return Math.ceil(ids.length / 2);
  let rejected = ids;
  if (verdict.kind === "delivered") {
    const refused = new Set(verdict.rejected?.map(([index]) => index));
    const again = new Set(verdict.retry);
    rejected = ids.filter((_, index) => refused.has(index));
    writer.deliver(ids.filter((_, index) => !refused.has(index) && !again.has(index)));
  }
  const count = rejected.length;
  if (count > 0) onProblem({ code: "rejected", message: `the server refused ${count} event(s)`, count });
  queue.settle(rejected, "rejected");
  return undefined;
}
