import type { AckLevel, ActivityEvent, Clock, Sink, WriteOptions, WriteOutcome } from "@activity/core";
import { Deadlines } from "./deadlines.ts";
import type { DedupeWindow } from "./dedupe-window.ts";
import { ReservedIds } from "./dedupe-window.ts";
import { nameThrown } from "./name-thrown.ts";
import type { Fate } from "./pending-write.ts";
import { PendingWrite } from "./pending-write.ts";
import type { ProxyProblemHandler } from "./proxy-problem.ts";

/** How long a sink that was told to give up may take to say what became of the events. */
const abortGraceMs = 500;

/** What became of the events of a request. */
export interface WriteAccount {
  readonly accepted: readonly ActivityEvent[];
  readonly duplicates: number;
  /** In no order. */
  readonly exceptions: readonly EventFate[];
}

/** What became of an event that was not accepted. */
export interface EventFate {
  /** Its place among the events that were given. */
  readonly at: number;
  readonly fate: Fate;
}

/** What a writer is made of. */
export interface EventWriterOptions {
  readonly sink: Sink;
  readonly ack: AckLevel;
  readonly ackTimeoutMs: number;
  /** `undefined` forwards repeats. */
  readonly window: DedupeWindow | undefined;
  readonly clock: Clock;
  readonly tell: ProxyProblemHandler;
}

/** Writes events that have not been taken before, and waits with those that another request is writing now. */
export class EventWriter {
  readonly #options: EventWriterOptions;
  /** Writes that the sink has not answered. */
  readonly #pending = new Set<PendingWrite>();
  readonly #deadlines: Deadlines;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock, options.ackTimeoutMs);
  }

  /** Writes events of a tenant; never later back than the time for it allows. Never rejects. */
  async write(events: readonly ActivityEvent[], tenant: string | undefined): Promise<WriteAccount> {
    const claims = this.#claim(events, tenant);
    const { own, joined } = claims;
    const stop = new AbortController();
    const write = own.length > 0 ? this.#start(claims, tenant, stop.signal) : undefined;
    const carriers = joined.map((at) => this.#carrierOf(events[at]?.event_id ?? "", tenant));
    await this.#wait(
      [write?.done, ...carriers.map((carrier) => carrier?.write.settled(carrier.place))],
      stop,
    );
    let { duplicates } = claims;
    const exceptions: EventFate[] = [];
    if (write?.isWhole === false) {
      for (const [place, fate] of write.fates) exceptions.push({ at: claims.places[place] ?? 0, fate });
    }
    for (const [index, at] of joined.entries()) {
      const carrier = carriers[index];
      // Nobody carries it any more: whether it was taken is not known here.
      const fate = carrier === undefined ? forgotten : carrier.write.fates.get(carrier.place);
      if (fate === undefined) duplicates++;
      else exceptions.push({ at, fate });
    }
    const accepted = write?.isWhole === false ? own.filter((_, place) => !write.fates.has(place)) : own;
    return { accepted, duplicates, exceptions };
  }

  /** Which events this write carries, and which another one does or did. */
  #claim(events: readonly ActivityEvent[], tenant: string | undefined): Claims {
    const { window } = this.#options;
    const claims: Claims = { own: [], places: [], joined: [], duplicates: 0, reserved: new ReservedIds() };
    for (let at = 0; at < events.length; at++) {
      const event = events[at] as ActivityEvent; // Below its length.
      const state = window?.claim(event.event_id, tenant, claims.reserved) ?? "new";
      if (state === "taken") claims.duplicates++;
      else if (state === "reserved") claims.joined.push(at);
      else {
        claims.own.push(event);
        claims.places.push(at);
      }
    }
    return claims;
  }

  #start({ own, reserved }: Claims, tenant: string | undefined, signal: AbortSignal): PendingWrite {
    const { ack } = this.#options;
    const write = new PendingWrite(own, tenant, this.#call(own, { until: ack, signal }));
    this.#pending.add(write);
    void write.done.then(() => this.#settle(write, reserved));
    return write;
  }

  /** A sink promises never to throw; one that does all the same may have taken events. */
  async #call(batch: readonly ActivityEvent[], options: WriteOptions): Promise<WriteOutcome> {
    const { sink, ack, tell } = this.#options;
    try {
      return await sink.write(batch, options);
    } catch (cause) {
      tell({ code: "failed", message: `the sink threw on write: ${nameThrown(cause, batch)}`, cause });
      const reason = { code: "sink_failed", detail: "the sink threw" };
      const except = batch.map((_, index) => ({ index, was: "unknown" as const, reason }));
      return { state: "done", reached: ack, except };
    }
  }

  /** Which write carries an id that is reserved, and where. */
  #carrierOf(
    id: string,
    tenant: string | undefined,
  ): { readonly write: PendingWrite; readonly place: number } | undefined {
    for (const write of this.#pending) {
      const place = write.placeOf(id, tenant);
      if (place !== undefined) return { write, place };
    }
    return undefined;
  }

  /** Waits until writes are answered or the time for them is up; `stop` is told in time to answer. */
  #wait(writes: readonly (Promise<void> | undefined)[], stop: AbortController): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#options;
      let timer = this.#deadlines.set(() => {
        stop.abort();
        timer = clock.setTimer(resolve, abortGraceMs, { unref: true });
      });
      void Promise.all(writes.flatMap((write) => write ?? [])).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Ids stay reserved as long as the fate of their event may still be told. */
  #settle(write: PendingWrite, reserved: ReservedIds): void {
    const { window } = this.#options;
    const { events, tenant } = write;
    if (write.isWhole) {
      this.#pending.delete(write);
      window?.takeReserved(reserved, tenant);
      return;
    }
    void write.known().then(() => this.#pending.delete(write));
    if (window === undefined) return;
    const { fates } = write;
    window.take(
      events.filter((_, place) => !fates.has(place)),
      tenant,
    );
    for (const place of fates.keys()) {
      const event = events[place] as ActivityEvent; // One of them.
      const end = (): void => {
        if (write.fates.has(place)) window.release(event.event_id, tenant);
        else window.take([event], tenant);
      };
      if (write.isLate(place)) void write.settled(place).then(end);
      else end();
    }
  }
}

/** What the events of a request are to a window of repeats. */
interface Claims {
  /** Events that nobody carries yet, their places and what of their ids is reserved. */
  readonly own: ActivityEvent[];
  readonly places: number[];
  readonly reserved: ReservedIds;
  /** Places of those that a write carries already. */
  readonly joined: number[];
  /** Events that were taken before. */
  duplicates: number;
}

const forgotten: Fate = { was: "open", reason: { code: "unanswered" }, taken: true };
