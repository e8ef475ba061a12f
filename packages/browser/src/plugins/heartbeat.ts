import type { BrowserPlugin, PluginPage } from "../plugin.ts";

const minuteMs = 60_000;

/**
 * Records `active`, at each full minute in which the page had the focus: `focused_seconds` (0–60) and `focus_count`, how
 * often it got it.
 */
export function heartbeat(): BrowserPlugin {
  return { name: "heartbeat", start: startHeartbeat };
}

function startHeartbeat({ clock, record }: PluginPage): () => void {
  let focusCount = 0;
  let focusedMs = 0;
  /** By the clock's `monotonic()`; `undefined` while something else has the focus. */
  let since: number | undefined;
  let timer = wait();
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener("focus", begin, { signal });
  addEventListener("blur", end, { signal });
  document.addEventListener("visibilitychange", () => (document.hasFocus() ? begin() : end()), { signal });
  if (document.hasFocus()) begin();

  function begin(): void {
    if (since !== undefined) return;
    since = clock.monotonic();
    focusCount++;
  }

  function end(): void {
    if (since !== undefined) focusedMs += clock.monotonic() - since;
    since = undefined;
  }

  function wait(): { cancel(): void } {
    return clock.setTimer(beat, minuteMs - (clock.now() % minuteMs));
  }

  function beat(): void {
    timer = wait();
    const hasFocus = since !== undefined;
    end();
    if (hasFocus) since = clock.monotonic();
    // A computer that slept, or a tab that was frozen, counts longer than its minute.
    const focused_seconds = Math.min(60, Math.round(focusedMs / 1_000));
    if (focusedMs > 0) record("active", "active", { focused_seconds, focus_count: focusCount });
    focusedMs = focusCount = 0;
  }

  return () => {
    stop.abort();
    timer.cancel();
  };
}
