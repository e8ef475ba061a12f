import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import type { Environment } from "@activity/spool";
import { maySend, watchConsent } from "./consent.ts";
import type { FlusherJob } from "./flusher-job.ts";
import { isFlusherAlive, takeFlusherLock } from "./flusher-lock.ts";
import { folderOf } from "./intake-place.ts";
import { openIntake } from "./intake-sink.ts";
import { readPause } from "./pause-file.ts";
import { untilDelivered } from "./until-delivered.ts";
import { hasWaitingFiles } from "./waiting-files.ts";

/** How long a flusher works, in milliseconds. */
export const flusherTimes = {
  /** After this it ends, whatever it does. */
  lifetimeMs: 30_000,
  /** So long it stays to see whether more comes, from commands that find it at work and start none. */
  stayMs: 10_000,
  /** How often it looks. */
  lookEveryMs: 250,
} as const;

/** What a flusher works with. */
export interface FlusherPort {
  readonly env: Environment;
  readonly clock?: Clock | undefined;
  readonly times?: { readonly lifetimeMs: number; readonly stayMs: number; readonly lookEveryMs: number };
}

/**
 * Sends what commands have left in a spool, and what they leave while it runs. At once done where another
 * does it or telemetry is off. Never rejects.
 */
export async function runFlusher(job: FlusherJob, port: FlusherPort): Promise<void> {
  const { clock = systemClock, times = flusherTimes, env } = port;
  const intake = { ...job.intake, app: job.app, env, clock };
  const folder = folderOf(intake);
  const consent = watchConsent({ app: job.app, env, variable: job.variable }, clock);
  const startedAt = clock.monotonic();
  const leftMs = (ms: number): number => startedAt + ms - clock.monotonic();
  if (folder === undefined) return;
  const pauseMs = (): number => (readPause(folder, clock.now())?.untilMs ?? 0) - clock.now();
  const isPaused = (): boolean => pauseMs() > Math.max(0, leftMs(times.stayMs));
  const isOff = (): boolean => isPaused() || !consent.look().granted;
  const isDone = (): boolean => leftMs(times.stayMs) <= 0 || isOff();
  // Without the time to leave the rest in order nothing new is begun.
  const isTooLate = (): boolean => leftMs(times.lifetimeMs) < 2_000;
  const release = takeFlusherLock(folder, clock.now());
  if (release === undefined) return;
  while (!isDone()) {
    if (hasWaitingFiles(folder)) await deliver();
    if (!isDone()) await clock.sleep(times.lookEveryMs);
  }
  release();
  // Who saw the lock started nobody, and has left its events or ends about now. Without the lock, since whoever
  // ends from here on starts another: what one of the two sends, the other cannot.
  if (!isTooLate() && !isOff()) await clock.sleep(times.lookEveryMs);
  if (hasWaitingFiles(folder) && !isTooLate() && !isOff() && !isFlusherAlive(folder, clock.now()))
    await deliver();

  async function deliver(): Promise<void> {
    const allowed = (): boolean | undefined => maySend(consent.current());
    const options = { ...intake, lingerMs: 0, onProblem: () => undefined };
    const { sink, transport } = openIntake(options, { allowed });
    // What is under way may use the whole lifetime; while it is, others are told to wait.
    const enough = (): boolean => allowed() === false || isTooLate() || (transport.busy === 0 && isPaused());
    await untilDelivered(sink, enough, clock);
    // What waits for the next try is nobody's any more once consent is withdrawn.
    if (maySend(consent.look()) === false) sink.discard?.("consent");
    transport.seal();
    await sink.close({ timeoutMs: transport.busy > 0 ? 1_000 : 0 });
  }
}
