/**
 * The program that sends what commands have left, after they have ended. It is started detached, with its
 * job in the environment, and does nothing without one.
 */
import { systemClock } from "@activity/core";
import { flusherVariable, readJob } from "./flusher-job.ts";
import { flusherTimes, runFlusher } from "./run-flusher.ts";

const job = readJob(process.env);
if (job !== undefined) {
  // Whatever this process starts, should it ever, is no flusher.
  delete process.env[flusherVariable];
  const { lifetimeMs = flusherTimes.lifetimeMs } = job;
  systemClock.setTimer(() => process.exit(0), lifetimeMs, { unref: true });
  void runFlusher(job, { env: process.env });
}
