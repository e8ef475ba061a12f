/** Samples the memory of another process. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RssWatch {
  /** Bytes, in the order of sampling. */
  readonly samples: readonly number[];
  stop(): Promise<void>;
}

const everyMs = 250;
/** Rounds in which memory may still grow, before it is taken for flat all the same. */
const maxRounds = 16;
const minRounds = 4;
/** What counts as growth from one round to the next. */
const growthBytes = 4_194_304;

/**
 * Runs rounds of work until they need no more memory than those before: an engine gives a busy program more room for
 * some minutes, whatever it does with it. Gives the most that was needed, in bytes.
 */
export async function untilFlat(
  rssBytes: () => Promise<number>,
  round: () => Promise<unknown>,
): Promise<number> {
  let most = 0;
  for (let number = 1; number <= maxRounds; number++) {
    const watch = watchRss(rssBytes);
    await round();
    await watch.stop();
    const now = Math.max(...watch.samples);
    const flat = number >= minRounds && now <= most + growthBytes;
    most = Math.max(most, now);
    if (flat) break;
  }
  return most;
}

export function watchRss(rssBytes: () => Promise<number>): RssWatch {
  const samples: number[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    while (!stop.signal.aborted) {
      const bytes = await rssBytes();
      if (bytes > 0) samples.push(bytes); // 0: it has ended.
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined); // Stopped.
    }
  })();
  return {
    samples,
    stop: async () => {
      stop.abort();
      await watching;
    },
  };
}
