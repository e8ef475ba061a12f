import type { Attributes, Client, ClientStats, Clock, Problem } from "@activity/core";
import { systemClock } from "@activity/core";
import { addStats, closedByConsent, noStats, statsOfDrops } from "./add-stats.ts";
import type { BrowserClientOptions, Consent } from "./browser-client.ts";
import type { Delivery } from "./delivery.ts";
import { createDelivery } from "./delivery.ts";
import { describeBrowser } from "./describe-browser.ts";
import { describeError } from "./describe-error.ts";
import { guardedStorage } from "./guarded-storage.ts";
import { redactUrl } from "./redact-url.ts";
import type { Visitor } from "./visitor.ts";
import { createVisitor } from "./visitor.ts";
import type { WatchedPage } from "./watch-page.ts";
import { watchPage } from "./watch-page.ts";

/** Bounds of `flush` and `close`. */
interface TimeoutOptions {
  readonly timeoutMs?: number | undefined;
}

/** The client of one page and url, before a catalog narrows it. */
export class PageClient {
  readonly #options: BrowserClientOptions;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #visitor: Visitor;
  readonly #page: WatchedPage;
  readonly #stops: readonly (() => void)[];
  #consent: Consent;
  #delivery: Delivery | undefined;
  #userId: string | undefined;
  /** Clients that were ended because consent was denied. */
  readonly #former: (() => ClientStats)[] = [];
  /** Events that were left out before they became any. */
  readonly #left = { consent: 0, rate_limited: 0 };
  #leaveSoon = false;
  #closing: Promise<ClientStats> | undefined;
  #shownUrl = { href: "", redacted: "" };

  constructor(url: string, options: BrowserClientOptions) {
    const { clock = systemClock, consent = "pending", plugins = [] } = options;
    this.#options = options;
    this.#url = url;
    this.#clock = clock;
    this.#visitor = createVisitor(
      guardedStorage(() => localStorage),
      clock,
    );
    this.#consent = consent;
    this.#userId = options.userId;
    if (consent !== "denied") this.#delivery = this.#deliver();
    this.#page = watchPage({
      onLeave: () => this.#delivery?.leave(),
      onReturn: () => this.#delivery?.hurry(),
    });
    const page = {
      clock,
      record: (type: string, name: string, attributes?: Attributes) => this.record(type, name, attributes),
      recordError: (error: unknown, attributes?: Attributes) => this.recordError(error, attributes),
      countRateLimited: () => {
        this.#left.rate_limited++;
      },
    };
    this.#stops = plugins.map((plugin) => plugin.start(page));
  }

  record(type: string, name: string, attributes?: Attributes): void {
    this.#use((client) => client.record(type, name, attributes));
  }

  recordMetric(name: string, value: number, attributes?: Attributes): void {
    this.#use((client) => client.recordMetric(name, value, attributes));
  }

  recordError(error: unknown, attributes?: Attributes): void {
    this.#use((client) => client.recordError(error, { ...describeError(error), ...attributes }));
  }

  identify(userId: string): void {
    this.#userId = userId;
  }

  reset(): void {
    this.#delivery?.hurry();
    this.#userId = undefined;
    if (this.#consent === "granted") this.#visitor.forget();
  }

  setConsent(consent: Consent): void {
    if (consent === this.#consent || this.#closing !== undefined) return;
    this.#consent = consent;
    if (consent === "denied") return this.#withdrawConsent();
    if (this.#delivery === undefined) this.#delivery = this.#deliver();
    this.#delivery.setHeld(consent === "pending");
    if (consent === "granted") this.#delivery.hurry();
  }

  stats(): ClientStats {
    const former = this.#former.map((stats) => stats());
    return addStats([this.#delivery?.client.stats() ?? noStats, ...former, statsOfDrops(this.#dropped())]);
  }

  async flush({ timeoutMs }: TimeoutOptions = {}): Promise<ClientStats> {
    // Without consent nothing can happen that one could wait for.
    if (this.#consent === "granted")
      await this.#delivery?.client.flush(timeoutMs === undefined ? {} : { timeoutMs });
    return this.stats();
  }

  close(options: TimeoutOptions = {}): Promise<ClientStats> {
    this.#closing ??= this.#shutDown(options);
    return this.#closing;
  }

  async #shutDown({ timeoutMs }: TimeoutOptions): Promise<ClientStats> {
    for (const stop of this.#stops) stop();
    const bound = this.#consent === "granted" ? timeoutMs : 0;
    await this.#delivery?.client.close(bound === undefined ? {} : { timeoutMs: bound });
    this.#page.stop();
    return this.stats();
  }

  #use(record: (client: Client) => void): void {
    if (this.#delivery === undefined) {
      this.#left.consent++;
      return;
    }
    record(this.#delivery.client);
    if (this.#page.gone) this.#leaveAgain();
  }

  /** What is recorded while the page is unloaded goes out before the task ends. */
  #leaveAgain(): void {
    if (this.#leaveSoon) return;
    this.#leaveSoon = true;
    queueMicrotask(() => {
      this.#leaveSoon = false;
      this.#delivery?.leave();
    });
  }

  #deliver(): Delivery {
    const { service, headers, installId, onProblem, attributes } = this.#options;
    return createDelivery({
      service,
      headers,
      installId,
      onProblem,
      url: this.#url,
      clock: this.#clock,
      visitor: this.#visitor,
      held: this.#consent === "pending",
      isDev: this.#options.isDev ?? isLoopback(location.hostname),
      attributes: { ...describeBrowser(navigator), ...attributes },
      context: () => ({
        page_url: this.#pageUrl(),
        ...(this.#userId === undefined ? {} : { user_id: this.#userId }),
      }),
    });
  }

  #withdrawConsent(): void {
    const ended = this.#delivery;
    this.#delivery = undefined;
    this.#visitor.forget();
    if (ended === undefined) return;
    const { pending } = ended.client.stats();
    this.#former.push(() => closedByConsent(ended.client.stats()));
    void ended.discard();
    if (pending > 0) this.#tellConsent(pending);
  }

  #tellConsent(count: number): void {
    const problem: Problem = {
      code: "dropped",
      message: `${count} event(s) that waited were dropped: consent was denied`,
      count,
      reason: { code: "consent" },
    };
    this.#options.onProblem?.(problem);
  }

  #dropped(): ClientStats["droppedBy"] {
    return Object.fromEntries(Object.entries(this.#left).filter(([, count]) => count > 0));
  }

  /** Redacting costs more than all the rest of an event, so it is done once for each address. */
  #pageUrl(): string {
    const { href } = location;
    if (href !== this.#shownUrl.href) this.#shownUrl = { href, redacted: redactUrl(href) };
    return this.#shownUrl.redacted;
  }
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
