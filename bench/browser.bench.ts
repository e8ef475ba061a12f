/**
 * What recording costs a page's main thread, in a real Chromium: one call, everything that follows from it until the
 * events are sent, and leaving with 500 events that wait. With `--peers` other SDKs stand beside.
 */
import { ourSdk, type Sdk } from "../e2e/browser/sdk.ts";
import { startSite } from "../e2e/browser/site.ts";
import { isReady } from "../e2e/browser/world.ts";
import { type Page, startChromium } from "../e2e/support/chromium.ts";
import { browserPeers, peerSdk } from "./support/browser-peers.ts";
import { type Spread, spreadOf } from "./support/measure.ts";
import { createReport } from "./support/report.ts";

const rounds = 5;
const samplesARound = 200;
/** Calls timed together: a page's clock shows steps of 5 µs at best. */
const callsASample = 5;
const waiting = 500;
/** A page with these headers has a clock with small steps. */
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

interface Cost {
  readonly p50Us: number;
  readonly p99Us: number;
  /** Of the whole main thread, for each event, until everything was sent. */
  readonly mainThreadUs: number;
  readonly leaveMs: number;
}

const report = createReport({ kind: "bench", name: "browser" });
const chromium = await startChromium();
try {
  const sdks = [await ourSdk(), ...(report.withPeers ? await Promise.all(browserPeers.map(peerSdk)) : [])];
  const costs = new Map<Sdk, Cost[]>(sdks.map((sdk) => [sdk, []]));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < sdks.length; turn++) {
      const sdk = sdks[(turn + round) % sdks.length] as Sdk; // One of them.
      costs.get(sdk)?.push(await costOf(sdk));
    }
  for (const [sdk, all] of costs) {
    const spread = (key: keyof Cost): Spread => spreadOf(all.map((cost) => cost[key]));
    report.note(
      `${sdk.name.padEnd(28)} one call p50 ${told(spread("p50Us"))} p99 ${told(spread("p99Us"))} µs · main thread ${told(spread("mainThreadUs"))} µs an event · leaving ${told(spread("leaveMs"))} ms`,
    );
    if (sdk !== sdks[0]) continue;
    report.figure("record_p50_us", spread("p50Us"));
    report.figure("record_p99_us", spread("p99Us"));
    report.figure("main_thread_us", spread("mainThreadUs"));
    report.figure("leave_500_ms", spread("leaveMs"));
  }
} finally {
  await chromium.stop();
}
report.end();

/** Each measurement has a browser context and a site of its own, so that nothing is left of another. */
async function costOf(sdk: Sdk): Promise<Cost> {
  const site = await startSite({ ...sdk, headers: isolated });
  const context = await chromium.newContext();
  try {
    const page = await context.newPage();
    await page.goto(site.origin);
    await page.waitForFunction(isReady);
    await page.waitForFunction(() => crossOriginIsolated);
    await timeCalls(page, 20); // So that it is compiled.
    const workedSeconds = await countWork(page);
    const before = await workedSeconds();
    const samples = (await timeCalls(page, samplesARound)).toSorted((a, b) => a - b);
    await page.waitForTimeout(3_000);
    const mainThreadUs = (((await workedSeconds()) - before) * 1e6) / (samplesARound * callsASample);
    return {
      p50Us: (samples[Math.floor(samples.length / 2)] ?? 0) * 1_000,
      p99Us: (samples[Math.floor(samples.length * 0.99)] ?? 0) * 1_000,
      mainThreadUs,
      leaveMs: await timeLeaving(page),
    };
  } finally {
    await context.close();
    await site.stop();
  }
}

/** Milliseconds of one call, many times, each in a task of its own. */
function timeCalls(page: Page, samples: number): Promise<readonly number[]> {
  return page.evaluate(
    async ([count, calls]) => {
      const times: number[] = [];
      for (let sample = 0; sample < count; sample++) {
        const from = performance.now();
        for (let call = 0; call < calls; call++) sdk.track(`mark-${100_000 + sample * calls + call}`);
        times.push((performance.now() - from) / calls);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return times;
    },
    [samples, callsASample] as const,
  );
}

/** Milliseconds that the page's listeners take when it is hidden and left with events that wait. */
function timeLeaving(page: Page): Promise<number> {
  return page.evaluate((count) => {
    for (let call = 0; call < count; call++) sdk.track(`mark-${200_000 + call}`);
    Object.defineProperty(document, "hidden", { value: true });
    const from = performance.now();
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    dispatchEvent(new PageTransitionEvent("pagehide"));
    return performance.now() - from;
  }, waiting);
}

/** Asks what the main thread has worked since now, in seconds. */
async function countWork(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable"); // It counts from here on.
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  };
}

function told({ median, min, max }: Spread): string {
  const short = (value: number): number => Number(value.toPrecision(3));
  return `${short(median)} (${short(min)}–${short(max)})`;
}
