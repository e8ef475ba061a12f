import { errorsPerMinute } from "../browser-limits.ts";
import type { BrowserPlugin, PluginPage } from "../plugin.ts";

/** The source of an extension's script: its errors are not the page's. */
const extension = /\b(?:chrome|moz|safari-web|safari)-extension:\/\//;
const minuteMs = 60_000;
/** Different errors remembered, so that each is recorded once. */
const maxRemembered = 100;

/**
 * Records uncaught errors and unhandled rejections as `error`, each different one once and ten a minute at most; the
 * others are counted as dropped with `rate_limited`. Errors of browser extensions are passed over.
 */
export function errors(): BrowserPlugin {
  return { name: "errors", start: startErrors };
}

function startErrors(page: PluginPage): () => void {
  const seen = new Set<string>();
  let times: number[] = [];

  function take(thrown: unknown, source: string): void {
    const { message, stack } =
      thrown instanceof Error ? thrown : { message: String(thrown), stack: undefined };
    if (extension.test(stack ?? "")) return;
    const now = page.clock.monotonic();
    times = times.filter((time) => now - time < minuteMs);
    const key = `${message}\n${stack ?? ""}`;
    if (seen.has(key) || times.length >= errorsPerMinute) return page.countRateLimited();
    if (seen.size < maxRemembered) seen.add(key);
    times.push(now);
    page.recordError(thrown, { source });
  }

  const onError = ({ error, message, filename }: ErrorEvent): void => {
    if (!extension.test(filename)) take(error ?? message, "error");
  };
  const onRejection = ({ reason }: PromiseRejectionEvent): void => take(reason, "unhandledrejection");
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onRejection);
  return () => {
    removeEventListener("error", onError);
    removeEventListener("unhandledrejection", onRejection);
  };
}
