import type { Problem, Verdict } from "@activity/core";
import { createId, importances } from "@activity/core";
import type { AttemptOptions } from "./attempt.ts";
import { createAttempts } from "./attempt.ts";
import { batchBytes, batchEvents, failuresToProbe } from "./browser-limits.ts";
import { encodeWrapper } from "./encode-wrapper.ts";
import type { EventQueue } from "./event-queue.ts";
import type { EventWriter } from "./event-writer.ts";
import { createGate } from "./gate.ts";
import type { Identity } from "./identity.ts";
import { takeBatch } from "./take-batch.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** Sends what waits, as long as it may. */
export interface Sender {
  /** Whether this page is the one that sends. */
  isSending: boolean;
  /** Looks after so long whether there is something to send. */
  wake(afterMs: number): void;
  /** Tries now what waits for a back-off to pass; not what the server asked to wait with. */
  hurry(): void;
  /** Begins to send at once what a leaving page may, whoever else sends. */
  leave(): void;
}

/** What a sender works with. */
export interface SenderOptions extends AttemptOptions {
  readonly queue: EventQueue;
  readonly writer: EventWriter;
  readonly identity: Identity;
  readonly onProblem: (problem: Problem) => void;
}

type Retry = Extract<Verdict, { readonly kind: "retry" }>;

/** More than what stands round the events of a body. */
const wrapperBytes = 200;

/** Makes the sender of a page. */
export function createSender(options: SenderOptions): Sender {
  const { queue, writer, notes, clock, identity } = options;
  const gate = createGate(clock);
  const attempts = createAttempts(options);
  const sent = new Set<string>();
  queue.listeners.add(({ id }) => sent.delete(id));
  let maxEvents: number = batchEvents;
  let isBusy = false;
  let timer: { readonly at: number; cancel(): void } | undefined;

  function wake(afterMs: number): void {
    const at = clock.monotonic() + afterMs;
    if (timer && timer.at <= at) return;
    timer?.cancel();
    timer = { at, ...clock.setTimer(pump, afterMs) };
  }

  function take(most: number, maxBytes: number, isLeaving: boolean): readonly WaitingEvent[] {
    const withheld = notes.withheld((batchId, ids) => {
      queue.settle(ids, "delivered");
      void writer.write().then(() => notes.remove(batchId));
    });
    if (withheld.size > 0) wake(1_000);
    const limits = { maxEvents: most, maxBytes, isLeaving, withheld };
    return takeBatch(queue, { ...limits, standing: identity.standing, nowMs: clock.now() });
  }

  function pump(): void {
    timer = undefined;
    if (!sender.isSending || isBusy) return;
    const waitMs = gate.waitMs();
    if (waitMs > 0) return wake(waitMs);
    const batch = take(gate.failures < failuresToProbe ? maxEvents : 1, batchBytes, false);
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
    for (const id of ids) queue.flying.add(id);
    const onDeparture = (): boolean => {
      if (!isLeaving && !sender.isSending) return false;
      for (const id of ids) if (sent.size === sent.add(id).size) queue.counts.repeats++;
      return true;
    };
    const text = encodeWrapper(batchId, clock.now(), batch);
    let verdict = await attempts.make({ batchId, ids, text, onDeparture, isLeaving });
    for (const id of ids) queue.flying.delete(id);
    if (!verdict) return;
    // An answer may be lost behind its head, in which the receipt stood.
    if (verdict.kind === "retry" && notes.isReceived(batchId)) verdict = { kind: "delivered" };
    maxEvents = judge(options, ids, verdict) ?? Math.min(batchEvents, maxEvents * 2);
    if (verdict.kind === "retry") {
      if (gate.failures === 0) tellPause(options, verdict);
      gate.fail(verdict);
      // The request of a page that goes away may arrive all the same: the next page waits for its receipt.
      if (!sender.isSending) return;
    } else {
      gate.succeed();
      const { isDurable } = writer;
      await writer.write();
      // What could not be removed is still there for the next page, which needs the receipt.
      if (isDurable && !writer.isDurable) return;
    }
    notes.remove(batchId);
  }

  const sender: Sender = {
    isSending: false,
    wake,
    hurry: () => {
      gate.hurry();
      wake(0);
    },
    leave: () => {
      // While the server fails, what the journal has is safer there than under way from a page that hears no answer.
      if ((gate.failures > 0 || gate.isAsked()) && writer.isDurable) return;
      const batch = take(Number.POSITIVE_INFINITY, attempts.room() - wrapperBytes, true);
      // What is about events alone is worth no request of its own: the next page sends it.
      if (batch.some(({ importance }) => importance < importances.kept)) void send(batch, true);
    },
  };
  return sender;
}

function tellPause({ onProblem }: SenderOptions, { attention, reason }: Retry): void {
  if (attention) onProblem({ code: "paused", message: `nothing is sent: ${reason.detail}`, reason });
}

/** Gives the events of a batch what a verdict says. Returns how many the next batch may have, where that is less. */
function judge(
  { queue, onProblem }: SenderOptions,
  ids: readonly string[],
  verdict: Verdict,
): number | undefined {
  if (verdict.kind === "retry") return undefined;
  if (verdict.kind === "split" && ids.length > 1) return Math.ceil(ids.length / 2);
  let rejected = ids;
  if (verdict.kind === "delivered") {
    const refused = new Set(verdict.rejected?.map(([index]) => index));
    const again = new Set(verdict.retry);
    rejected = ids.filter((_, index) => refused.has(index));
    queue.settle(
      ids.filter((_, index) => !refused.has(index) && !again.has(index)),
      "delivered",
    );
  }
  const count = rejected.length;
  if (count > 0) onProblem({ code: "rejected", message: `the server refused ${count} event(s)`, count });
  queue.settle(rejected, "rejected");
  return undefined;
}
