import type {
  AnyCatalog,
  Attributes,
  Client,
  LedgerSnapshot,
  OpenCatalog,
  ProblemHandler,
  Service,
} from "@activity/core";
import type { PageClock } from "./clock.ts";
import type { BrowserPlugin } from "./plugin.ts";

/**
 * What the visitor has agreed to. `pending`: events wait in memory; nothing is sent, and nothing is read from or written
 * to cookies and storage. `denied`: nothing is recorded, what waited is dropped; each such event is counted
 * as `consent`.
 */
export type Consent = "granted" | "pending" | "denied";

/** Options of a browser client. */
export interface BrowserClientOptions {
  /** Where events are posted: the path of a proxy on the page's own server, such as `/v1/events`. */
  readonly url: string;
  /** The application the page belongs to. */
  readonly service: Service;
  /** Attributes of every event. */
  readonly attributes?: Attributes | undefined;
  /** What collects by itself: `pageViews()`, `errors()`. @defaultValue none */
  readonly plugins?: readonly BrowserPlugin[] | undefined;
  /** @defaultValue "pending": nothing leaves until `setConsent("granted")` */
  readonly consent?: Consent | undefined;
  /**
   * Headers of every request, such as a token of the page's server. A browser without `keepalive` for requests (Firefox
   * before 133) sends the last ones of a page as beacons, which carry none.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Becomes `install_id`. */
  readonly installId?: string | undefined;
  /** Becomes `user_id` from the first event on, as {@link BrowserClient.identify} does later. */
  readonly userId?: string | undefined;
  /** Becomes `is_dev`. @defaultValue whether the page comes from a loopback host */
  readonly isDev?: boolean | undefined;
  /** Told of every problem. @defaultValue warns once on the console, and never again */
  readonly onProblem?: ProblemHandler | undefined;
  /**
   * Whether Global Privacy Control and Do Not Track deny events of type `behavioral`, which are then counted as
   * `consent`. @defaultValue true
   */
  readonly honorsPrivacySignals?: boolean | undefined;
  readonly clock?: PageClock | undefined;
}

/** The ledger of a page, which balances: `recorded + adopted = delivered + handedOver + pending + rejected + dropped`. */
export interface BrowserStats extends Omit<LedgerSnapshot, "withdrawn"> {
  /** Events that failed a check and were not recorded. */
  readonly refused: number;
  /** Whether what sends has been loaded, as a file of its own where a bundler has made it one. Until then events are kept. */
  readonly canSend: boolean;
  /** Where events wait: in the origin's IndexedDB, or in the page's memory alone. */
  readonly storage: "indexeddb" | "memory";
}

/**
 * What a page calls. `track` and its kin are synchronous: they never throw and never wait. When one has
 * returned and the event passed its checks, the event is on its way into the origin's IndexedDB, where it is at the
 * latest 50 ms later, and in `localStorage` when its page leaves before: the next page delivers what this one does not.
 */
export interface BrowserClient<C extends AnyCatalog = OpenCatalog>
  extends Pick<Client<C>, "track" | "record" | "recordMetric" | "recordError"> {
  /** Puts `user_id` on the events from here on. Where the server knows the user by its session, do not call it. */
  identify(userId: string, attributes?: Attributes): void;
  /** Ends the user: sends what waits as the old one's, forgets `user_id`, and makes new ids for client and session. */
  reset(): void;
  /** Says what the visitor has agreed to. Taking consent back also removes the ids from the browser. */
  setConsent(consent: Consent): void;
  /** The counters now. */
  stats(): BrowserStats;
  /** Waits until every event recorded before the call has an outcome, or for the time. Never rejects. */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<BrowserStats>;
  /** Ends plugins and client, sends what waits within the time, and says what is left. Never rejects. */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<BrowserStats>;
}
