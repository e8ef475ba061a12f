import type { Consent } from "./browser-client.ts";
import { loadDelivery } from "./load-delivery.ts";
import type { Delivery, Page } from "./page.ts";
import type { PageEvents } from "./page-events.ts";
import { createPageEvents } from "./page-events.ts";

/** What happens to a page, from consent to leaving and coming back. */
export interface PageLife {
  readonly events: PageEvents;
  setConsent(consent: Consent): void;
  /** Loads what sends, unless it is there. */
  load(): Promise<Delivery>;
}

/**
 * Makes the life of a page. Leaving is never heard by `unload` or `beforeunload`, which keep pages out of the
 * back-forward cache and are not sent to pages that a phone ends.
 */
export function createPageLife(page: Page): PageLife {
  const { queue, storage, identity, safe, signal } = page;
  const events = createPageEvents(
    page,
    (call) => void load().then((delivery) => delivery.explain(call)),
    // What is recorded while the page is unloaded goes before the task ends.
    () => queueMicrotask(() => leave(true)),
  );
  let loading: Promise<Delivery> | undefined;
  const load = (): Promise<Delivery> => {
    loading ??= loadDelivery(page, { notify: events.notify, setConsent });
    return loading;
  };

  const isTakingPart = (): boolean => page.consent === "granted" && !signal.aborted;

  function start(): void {
    if (!isTakingPart() || page.isGone) return;
    if (page.delivery) return page.delivery.start();
    // A worker has no document, and no page hears of what it stores.
    if (!globalThis.document) safe.giveUp("worker");
    page.clock.setTimer(() => void load().then(start), 0);
  }

  function setConsent(consent: Consent): void {
    if (consent === page.consent || signal.aborted) return;
    page.consent = consent;
    if (consent === "granted") {
      identity.allow();
      events.admit();
      return start();
    }
    page.delivery?.stop();
    if (consent === "denied") {
      queue.settle(queue.events.keys(), "dropped", "consent");
      safe.delete();
      identity.clear();
      events.endSource();
    }
    storage.isAllowed = false;
  }

  /** The page is hidden or, if `isGone`, goes away or into the back-forward cache; it may get no further chance. */
  function leave(isGone: boolean): void {
    if (!isTakingPart()) return;
    if (isGone) {
      page.isGone = isGone;
      events.endSource();
    }
    if (!page.delivery) return safe.board([...queue.events.values()].filter(({ id }) => !safe.given.get(id)));
    page.delivery.leave();
    if (isGone) page.delivery.stop();
  }

  /** The page is seen again, also out of the back-forward cache. */
  function back(): void {
    if (!isTakingPart()) return;
    page.isGone = false;
    start();
    page.delivery?.back();
  }

  globalThis.document?.addEventListener("visibilitychange", () => (document.hidden ? leave(false) : back()), {
    signal,
  });
  addEventListener("pagehide", () => leave(true), { signal });
  addEventListener("pageshow", back, { signal });
  return { events, setConsent, load };
}
