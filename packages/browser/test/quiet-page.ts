import { fakeClock } from "@activity/core/testing";
import { createEventQueue } from "../src/event-queue.ts";
import { createIdentity } from "../src/identity.ts";
import type { Page } from "../src/page.ts";
import type { PageStorage } from "../src/page-storage.ts";
import { createPageStorage } from "../src/page-storage.ts";
import { createSafekeeping } from "../src/safekeeping.ts";

/** What the parts of a page share, without a page: its visitor has agreed, and nothing sends. */
export function quietPage(given: Partial<Page> = {}): Page {
  const storage: PageStorage = given.storage ?? createPageStorage();
  const page = {
    url: "http://shop.example/v1/events",
    name: "activity_test",
    options: { url: "/v1/events", service: { name: "shop" } },
    clock: fakeClock(),
    storage,
    identity: createIdentity(storage),
    queue: createEventQueue(),
    onProblem: () => undefined,
    signal: new AbortController().signal,
    consent: "granted",
    isGone: false,
    ...given,
  } as const;
  return Object.assign(page, { safe: createSafekeeping(page) });
}
