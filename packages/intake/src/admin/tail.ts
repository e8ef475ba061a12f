import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, LedgerSnapshot, Timer } from "@activity/core";
import type { EventFeed } from "./event-feed.ts";

/** What a tail shows. */
export interface TailOptions {
  readonly feed: EventFeed;
  readonly stats: () => LedgerSnapshot;
  readonly ready: () => boolean;
  readonly clock: Clock;
}

const everyMs = 250;
/** Of these one carries the counts. */
const ticksPerState = 4;
/** What may wait for a viewer: whoever reads more slowly is let go and connects again. */
const maxWaitingBytes = 1_048_576;
const maxViewers = 32;

interface Viewer {
  readonly response: ServerResponse;
  seen: number;
}

/** Streams what happens to any number of viewers, as server-sent events. It costs nothing while nobody looks. */
export class Tail {
  readonly #options: TailOptions;
  readonly #viewers = new Set<Viewer>();
  #timer: Timer | undefined;
  /** Tells numbers of this process from those of one before it. */
  readonly #start: string;
  #ticks = 0;
  #dropped = 0;

  constructor(options: TailOptions) {
    this.#options = options;
    this.#start = options.clock.now().toString(36);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Viewers that were let go because they read too slowly. */
  get dropped(): number {
    return this.#dropped;
  }

  open(request: IncomingMessage, response: ServerResponse): void {
    if (this.#viewers.size >= maxViewers) {
      response.writeHead(503, { "retry-after": "10" }).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    // A page that connects again says what it has seen.
    const [start, seen] = String(request.headers["last-event-id"] ?? "").split(":");
    const viewer: Viewer = { response, seen: start === this.#start ? Number(seen) : 0 };
    this.#viewers.add(viewer);
    response.once("close", () => this.#viewers.delete(viewer));
    response.write("retry: 1000\n\n");
    this.#show(viewer, true);
    this.#timer ??= this.#nextTick();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const { response } of this.#viewers) response.destroy();
    this.#viewers.clear();
  }

  #nextTick(): Timer {
    return this.#options.clock.setTimer(() => this.#tick(), everyMs, { unref: true });
  }

  #tick(): void {
    const withState = ++this.#ticks % ticksPerState === 0;
    for (const viewer of this.#viewers) this.#show(viewer, withState);
    this.#timer = this.#viewers.size > 0 ? this.#nextTick() : undefined;
  }

  #show(viewer: Viewer, withState: boolean): void {
    const { feed, stats, ready } = this.#options;
    const { response } = viewer;
    if (response.writableLength > maxWaitingBytes) {
      this.#dropped++;
      this.#viewers.delete(viewer);
      response.destroy();
      return;
    }
    if (feed.last > viewer.seen) {
      const news = feed.since(viewer.seen);
      viewer.seen = feed.last;
      response.write(`event: news\nid: ${this.#start}:${viewer.seen}\ndata: ${JSON.stringify(news)}\n\n`);
    }
    if (withState) {
      const state = {
        totals: feed.totals,
        rates: feed.rates,
        sink: stats(),
        ready: ready(),
        viewers: this.viewers,
      };
      response.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
    }
  }
}
