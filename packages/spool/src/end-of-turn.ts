import { setImmediate } from "node:timers";

/** Resolves when everything that has come in this turn of the event loop was looked at. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
