import type { PageClock } from "../clock.ts";
import type { EventQueue } from "../event-queue.ts";

/** Resolves when the events of these ids have had their outcome, or after the time. */
export function untilSettled(
  queue: EventQueue,
  ids: Iterable<string>,
  { clock, timeoutMs }: { readonly clock: PageClock; readonly timeoutMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const waiting = new Set(ids);
    const listen = ({ id }: { readonly id: string }): void => {
      waiting.delete(id);
      if (waiting.size === 0) end();
    };
    const end = (): void => {
      timer.cancel();
      queue.listeners.delete(listen);
      resolve();
    };
    const timer = clock.setTimer(end, timeoutMs);
    queue.listeners.add(listen);
    listen({ id: "" });
  });
}
