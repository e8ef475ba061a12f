import type { Clock, Verdict } from "@activity/core";
import { defaultLimits, httpContract, toHttpVerdict, toUtf8 } from "@activity/core";
import { browserLimits } from "./browser-limits.ts";
import { encodeWrapper } from "./encode-wrapper.ts";
import { randomId } from "./random-id.ts";

/** Where and how events are posted. */
export interface PostOptions {
  /** Absolute. */
  readonly url: string;
  /** Headers of every request but a beacon, which can have none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
}

/** How one request is made. */
export interface PostAttempt {
  /** The page is leaving: `text/plain`, for which no preflight is needed, and `keepalive`. */
  readonly leaving?: boolean | undefined;
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/** The way of events from a page to its server. */
export interface EventPost {
  /** One attempt, begun before it returns. Never rejects. */
  post(texts: readonly string[], attempt?: PostAttempt): Promise<Verdict>;
  /** Hands events to the browser for when the page is gone. Whether it took them; nobody learns whether they arrive. */
  beacon(texts: readonly string[]): boolean;
  /** Bytes of events that a `keepalive` request may carry now. */
  keepaliveRoom(): number;
}

/** More than what stands round the events of a body. */
const wrapperBytes = 256;
const { contentTypes, headers: names } = httpContract;

/** Makes the door through which one client posts. */
export function createEventPost({ url, headers = {}, clock }: PostOptions): EventPost {
  /** Bytes under way with `keepalive`, counted as the browser counts them. */
  let keepaliveBytes = 0;
  /** Answers in a row that need somebody's attention. */
  let refusals = 0;

  async function post(texts: readonly string[], attempt: PostAttempt = {}): Promise<Verdict> {
    const { batchId, body } = encode(texts);
    const keepalive = canKeepAlive() && body.length + keepaliveBytes <= browserLimits.keepaliveBytes;
    if (keepalive) keepaliveBytes += body.length;
    try {
      const init = { body, keepalive, headers: { ...headers, "content-type": typeOf(attempt) } };
      const { status, retryAfter, text } = await exchange(init, attempt.signal);
      forgetReceipt(batchId);
      const refused = toHttpVerdict({ status }, texts.length, clock.now());
      refusals = refused.kind === "retry" && refused.attention ? refusals + 1 : 0;
      const answer = { status, retryAfter, body: parseJson(text), refusals: Math.max(refusals, 1) };
      return toHttpVerdict(answer, texts.length, clock.now());
    } catch (cause) {
      const detail = String(cause).slice(0, 200);
      return { kind: "retry", scope: "destination", reason: { code: "unreachable", detail } };
    } finally {
      if (keepalive) keepaliveBytes -= body.length;
    }
  }

  /** One request and its whole answer, within the time of an attempt. */
  async function exchange(init: RequestInit, signal: AbortSignal | undefined): Promise<Exchanged> {
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal?.reason);
    const timer = clock.setTimer(() => stop.abort(), defaultLimits.attemptMs);
    signal?.addEventListener("abort", abort);
    try {
      const response = await fetch(url, {
        ...init,
        method: httpContract.method,
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: stop.signal,
      });
      // A redirect that is not followed shows neither status nor body.
      const status = response.type === "opaqueredirect" ? 302 : response.status;
      return { status, retryAfter: response.headers.get("retry-after"), text: await response.text() };
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", abort);
    }
  }

  function encode(texts: readonly string[]): { readonly batchId: string; readonly body: BodyBytes } {
    const batchId = randomId(clock);
    const sentAt = new Date(clock.now()).toISOString();
    return { batchId, body: toUtf8(encodeWrapper({ batchId, sentAt }, texts)) };
  }

  return {
    post,
    beacon: (texts) => {
      const { body } = encode(texts);
      return navigator.sendBeacon?.(url, new Blob([body], { type: contentTypes.text })) ?? false;
    },
    keepaliveRoom: () => (canKeepAlive() ? browserLimits.keepaliveBytes - keepaliveBytes - wrapperBytes : 0),
  };
}

type BodyBytes = ReturnType<TextEncoder["encode"]>;

interface Exchanged {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

function typeOf({ leaving }: PostAttempt): string {
  return leaving ? contentTypes.text : contentTypes.json;
}

function canKeepAlive(): boolean {
  return "keepalive" in Request.prototype;
}

/** The server leaves a receipt for pages that cannot read their answer; this one can. */
function forgetReceipt(batchId: string): void {
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere, and asynchronous.
    document.cookie = `${names.receiptPrefix}${batchId}=; Max-Age=0; Path=/; SameSite=Strict`;
  } catch {
    return; // Cookies are forbidden here, so there is none to delete.
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No answer of the contract; the status alone decides.
  }
}
