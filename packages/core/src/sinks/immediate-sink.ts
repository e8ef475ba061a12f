import type { ActivityEvent } from "../event/activity-event.ts";
import type { LedgerSnapshot, Sink } from "../ports/sink.ts";

/** A sink that is done with an event when it has taken it. `take` must not throw. */
export function immediateSink(take: (event: ActivityEvent) => void): Sink {
  let taken = 0;
  const stats = (): LedgerSnapshot => ({
    recorded: taken,
    adopted: 0,
    delivered: taken,
    handedOver: 0,
    pending: 0,
    rejected: 0,
    dropped: 0,
    droppedBy: {},
    withdrawn: 0,
    repeats: 0,
  });
  const record = (event: ActivityEvent): void => {
    take(event);
    taken++;
  };
  return {
    record,
    write: async (events, options) => {
      if (options?.signal?.aborted) return { state: "refused", reason: { code: "aborted" } };
      events.forEach(record);
      return { state: "done", reached: "delivered" };
    },
    flush: async () => stats(),
    close: async () => stats(),
    stats,
  };
}
