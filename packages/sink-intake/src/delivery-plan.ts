import type { Environment } from "@activity/spool";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import { ciVendor } from "./known-ci.ts";
import { findFlusher } from "./spawn-flusher.ts";

/** Who sends what a command leaves. */
export type DeliveryPlan =
  | {
      /** A process of its own, after the command has ended: `close` does not wait for the network. */
      readonly kind: "detached";
      readonly file: string;
    }
  | {
      /** The command itself: `close` waits for the intake, as long as `capMs` allows. */
      readonly kind: "in-process";
      readonly why: string;
      readonly capMs?: number;
    }
  | {
      /** The next command, since no process can be started from here. */
      readonly kind: "next-start";
      readonly why: string;
    };

/** What a plan depends on. */
export interface PlanInput {
  readonly env: Environment;
  readonly intake: IntakeSinkOptions;
  readonly longLived: boolean;
  /** `false` for none, a path for a program that carries it along. */
  readonly flusher: boolean | string;
}

/** How long `close` of a command may wait where it sends in process, in milliseconds. */
const commandCapMs = 2_000;

/** Decides who sends. Looks at files only where a flusher is possible otherwise. */
export function planDelivery({ env, intake, longLived, flusher }: PlanInput): DeliveryPlan {
  const inProcess = (why: string, capMs?: number): DeliveryPlan => ({
    kind: "in-process",
    why,
    ...(capMs === undefined ? {} : { capMs }),
  });
  if (longLived) return inProcess("it is long-lived");
  if (env["ACTIVITY_FLUSH"] === "wait") return inProcess("ACTIVITY_FLUSH=wait");
  if (intake.mode === "memory") return inProcess("events wait in memory", commandCapMs);
  if (ciVendor(env) !== undefined) return inProcess("it runs in a build service", commandCapMs);
  if (intake.fetch !== undefined || intake.auth?.kind === "custom")
    return inProcess("it sends with functions of its own", commandCapMs);
  if (flusher === false) return { kind: "next-start", why: "it is told to start none" };
  const { file, obstacle } = findFlusher(env, flusher === true ? undefined : flusher);
  return file === undefined ? { kind: "next-start", why: obstacle } : { kind: "detached", file };
}
