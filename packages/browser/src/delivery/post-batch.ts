import type { HttpAnswer } from "@activity/core";
import { attemptMs } from "../browser-limits.ts";
import type { PageClock } from "../clock.ts";
import { parseJson } from "./parse-json.ts";

/** One request and its whole answer. Begins before it returns; rejects where there is no answer in time. */
export async function postBatch(url: string, init: RequestInit, clock: PageClock): Promise<HttpAnswer> {
  const stop = new AbortController();
  const timer = clock.setTimer(() => stop.abort(), attemptMs);
  try {
    const response = await fetch(url, {
      ...init,
      method: "POST",
      keepalive: true,
      redirect: "manual",
      signal: stop.signal,
    });
    return {
      // A redirect that is not followed shows no status.
      status: response.status || 302,
      retryAfter: response.headers.get("retry-after"),
      body: parseJson(await response.text()),
    };
  } finally {
    timer.cancel();
  }
}

/** A text as gzip. */
export async function compress(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
