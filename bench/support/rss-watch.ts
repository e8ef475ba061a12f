/** Samples the memory of another process. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RssWatch {
  /** Bytes, in the order of sampling. */
  readonly samples: readonly number[];
  stop(): Promise<void>;
}

const everyMs = 250;

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
