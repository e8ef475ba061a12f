/** What happens to a page, as far as delivery minds. */
export interface PageHandlers {
  /** The page is hidden or, if `isGone`, goes away or into the back-forward cache; it may get no further chance. */
  readonly onLeave: (isGone: boolean) => void;
  /** The page is seen again, also out of the back-forward cache. */
  readonly onReturn: () => unknown;
  /** The network is back. */
  readonly onOnline: () => void;
  /** Another page changed what is stored under a key. */
  readonly onStorage: (key: string | null) => void;
}

/**
 * Watches for leaving and coming back. Never by `unload` or `beforeunload`, which keep pages out of the
 * back-forward cache and are not sent to pages that a phone ends. Returns what ends it.
 */
export function watchPage({ onLeave, onReturn, onOnline, onStorage }: PageHandlers): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  // A worker has no document, and gets only what concerns the network.
  globalThis.document?.addEventListener(
    "visibilitychange",
    () => (document.visibilityState === "hidden" ? onLeave(false) : onReturn()),
    { signal },
  );
  addEventListener("pagehide", () => onLeave(true), { signal });
  addEventListener("pageshow", onReturn, { signal });
  addEventListener("online", onOnline, { signal });
  addEventListener("storage", ({ key }) => onStorage(key), { signal });
  return () => stop.abort();
}
