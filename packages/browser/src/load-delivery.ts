import { maxRetryMs, retryMs } from "./browser-limits.ts";
import type { Delivery, Keeper, Page } from "./page.ts";

/**
 * Loads what finishes and sends events. Bundlers make a file of its own of that, which may be missing: this is told once,
 * and tried again after 1 s · 2ⁿ, at most 5 min, and when the network is back.
 */
export async function loadDelivery(page: Page, keeper: Keeper): Promise<Delivery> {
  for (let waitMs = retryMs; ; waitMs = Math.min(waitMs * 2, maxRetryMs))
    try {
      const { createDelivery } = await import("./delivery.ts");
      page.delivery = createDelivery(page, keeper);
      return page.delivery;
    } catch (cause) {
      if (waitMs === retryMs)
        page.onProblem({ code: "paused", message: "the sender cannot be loaded", cause });
      await new Promise<unknown>((resolve) => {
        addEventListener("online", resolve, { once: true });
        page.clock.setTimer(() => resolve(0), waitMs);
      });
    }
}
