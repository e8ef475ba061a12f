/** What happens to a page, as far as delivery minds. */
export interface PageHandlers {
  /** The page is hidden or goes away; it may get no further chance. */
  readonly onLeave: () => void;
  /** The page is seen again, also out of the back-forward cache, or the network is back. */
  readonly onReturn: () => void;
}

/** A page that is watched. */
export interface WatchedPage {
  /** The page is being unloaded, or lies in the back-forward cache. */
  readonly gone: boolean;
  stop(): void;
}

/**
 * Watches for leaving and coming back. Never by `unload` or `beforeunload`, which keep pages out of the
 * back-forward cache and are not sent to pages that a phone ends.
 */
export function watchPage({ onLeave, onReturn }: PageHandlers): WatchedPage {
  let gone = false;
  const stop = new AbortController();
  const { signal } = stop;
  const visibility = (): void => (document.visibilityState === "hidden" ? onLeave() : onReturn());
  document.addEventListener("visibilitychange", visibility, { signal });
  addEventListener(
    "pagehide",
    () => {
      gone = true;
      onLeave();
    },
    { signal },
  );
  addEventListener(
    "pageshow",
    ({ persisted }) => {
      gone = false;
      if (persisted) onReturn();
    },
    { signal },
  );
  addEventListener("online", onReturn, { signal });
  return {
    get gone() {
      return gone;
    },
    stop: () => stop.abort(),
  };
}
