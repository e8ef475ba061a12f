import type { Attributes, Client, Clock, ProblemHandler, Sink } from "@activity/core";
import { createClient, createMemoryStore, createOutbox, defaultLimits } from "@activity/core";
import { addMissingMembers } from "./add-missing-members.ts";
import type { BrowserClientOptions } from "./browser-client.ts";
import { browserLimits } from "./browser-limits.ts";
import { createPageStore } from "./page-store.ts";
import { createPageTransport } from "./page-transport.ts";
import { createEventPost } from "./post-events.ts";
import type { Visitor } from "./visitor.ts";

/** What a delivery is made of. */
export interface DeliveryOptions extends Pick<BrowserClientOptions, "service" | "headers" | "installId"> {
  /** Absolute. */
  readonly url: string;
  readonly isDev: boolean;
  readonly attributes: Attributes;
  /** Attributes of the moment. */
  readonly context: () => Attributes;
  readonly visitor: Visitor;
  /** Whether consent is still awaited. */
  readonly held: boolean;
  readonly onProblem: ProblemHandler | undefined;
  readonly clock: Clock;
}

/** A client with its outbox, as long as the visitor does not deny consent. */
export interface Delivery {
  readonly client: Client;
  /** Keeps everything back, or lets it go. */
  setHeld(held: boolean): void;
  /** Sends at once what waits: the page is leaving. */
  leave(): void;
  /** Tries now what waits for a back-off to pass. */
  hurry(): void;
  /** Ends it without sending anything more. */
  discard(): Promise<void>;
}

/** Builds store, transport, outbox and client round each other. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { url, headers, clock, visitor, onProblem } = options;
  /** Texts recorded before there were ids of the visitor. */
  const early = new Set<string>();
  let held = options.held;
  const { maxEvents, maxBytes } = browserLimits.batch;
  const memory = createMemoryStore({ ...browserLimits.store, lease: { maxEvents, maxBytes }, clock });
  const store = createPageStore(memory, {
    onAppend: (text) => held && early.add(text),
    onGone: (text) => early.delete(text),
  });
  const transport = createPageTransport({
    door: createEventPost({ url, headers, clock }),
    stamp: (text) => (early.has(text) ? addMissingMembers(text, { ...visitor.ids() }) : text),
    onAnswer: () => hurry(sink),
  });
  const sink = createOutbox(transport, store, { retry: defaultLimits.browserRetry, clock, onProblem });
  const setHeld = (next: boolean): void => {
    held = next;
    if (held) transport.hold();
    else transport.release();
  };
  setHeld(held);
  return {
    client: createClient({
      sink,
      clock,
      onProblem,
      service: options.service,
      isDev: options.isDev,
      installId: options.installId,
      attributes: options.attributes,
      context: () => (held ? options.context() : { ...options.context(), ...visitor.ids() }),
    }),
    setHeld,
    leave: () => transport.leave(store.waiting()),
    hurry: () => hurry(sink),
    discard: async () => {
      sink.onProblem = () => undefined; // Whoever discards it says why.
      transport.seal();
      await sink.close({ timeoutMs: 0 });
    },
  };
}

/** A flush that nobody waits for: it begins what may be sent now. */
function hurry(sink: Sink): void {
  void sink.flush({ timeoutMs: 0 });
}
