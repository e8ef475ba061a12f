import type { Attributes, Problem } from "@activity/core";
import type { BrowserClientOptions, Consent } from "./browser-client.ts";
import type { PageClock } from "./clock.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Identity } from "./identity.ts";
import type { PageStorage } from "./page-storage.ts";
import type { Safekeeping } from "./safekeeping.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** What the parts of a page's client share: the one that keeps events, loaded with the page, and the one that sends them. */
export interface Page {
  /** Where events are posted; absolute. */
  readonly url: string;
  /** Begins every key, and is the journal's. */
  readonly name: string;
  readonly options: BrowserClientOptions;
  readonly clock: PageClock;
  readonly storage: PageStorage;
  readonly identity: Identity;
  readonly queue: EventQueue;
  readonly safe: Safekeeping;
  readonly onProblem: (problem: Problem) => void;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
  consent: Consent;
  /** Whether the page is being unloaded, or lies in the back-forward cache. */
  isGone?: boolean;
  /** When the visitor was reset last, by the clock's `now()`. */
  partedAt?: number;
  /** Under whom, although reset, events may leave for a little while. */
  parted?: ReadonlySet<string>;
  /** What sends, once it is there. */
  delivery?: Delivery;
}

/** What the part that sends may ask of the one that keeps. */
export interface Keeper {
  /** Records an event about events: it is never given up. With an id it takes the place of an earlier one. Returns its id. */
  notify(name: string, attributes: Attributes, id?: string): string;
  setConsent(consent: Consent): void;
}

/** A call that was no event. */
export interface RefusedCall {
  readonly type: string;
  readonly name: string;
  readonly layers: readonly unknown[];
  /** What was thrown, where something was. */
  readonly cause?: unknown;
}

/** Finishes events, and brings them to the server together with the other pages of the origin. */
export interface Delivery {
  /** Does what is still to be done to the text of an event. */
  finish(event: WaitingEvent): WaitingEvent;
  /** Tells why a call was refused. */
  explain(call: RefusedCall): void;
  /** Takes part: sends when it is this page's turn. */
  start(): void;
  /** Takes part no more. */
  stop(): void;
  /** An event has entered the queue: keeps it safe, gives up what is too much, and looks soon what there is to send. */
  entered(event: WaitingEvent): void;
  /** The page is seen again. */
  back(): void;
  /** In one step: sends what a leaving page may, and keeps the rest safe. */
  leave(): void;
  /** Sends what waits under an identity that ends now. */
  part(): void;
  /** Sends what waits; resolves when all that does now has its outcome, or after the time. */
  flush(timeoutMs: number): Promise<void>;
  /** The same, and gives what is left to the next page, or drops it. */
  close(timeoutMs: number): Promise<void>;
}
