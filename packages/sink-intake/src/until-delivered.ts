import type { Clock, Sink } from "@activity/core";

/** Waits until nothing waits any more, own events or others', or there is no more use in waiting. */
export async function untilDelivered(sink: Sink, enough: () => boolean, clock: Clock): Promise<void> {
  while (sink.stats().pending > 0 && !enough()) await clock.sleep(20);
}
