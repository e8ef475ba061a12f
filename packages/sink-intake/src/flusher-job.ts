import type { Environment } from "@activity/spool";
import type { IntakeSinkOptions } from "./intake-sink.ts";

/** What a flusher is told: what to send where, and where to ask whether it may. */
export interface FlusherJob {
  readonly app: string;
  readonly variable?: string | undefined;
  /** When it ends at the latest, in milliseconds after its start: for tests. @defaultValue 30,000 */
  readonly lifetimeMs?: number | undefined;
  readonly intake: Pick<IntakeSinkOptions, "url" | "auth" | "writeKey" | "gzip" | "retry" | "maxAgeMs"> & {
    readonly directory: string;
  };
}

/** Carries the job, and marks the process: whoever else finds it set was started by mistake. */
export const flusherVariable = "ACTIVITY_FLUSHER";

/** The job in an environment; `undefined` when there is none, or it makes no sense. */
export function readJob(env: Environment): FlusherJob | undefined {
  try {
    const job: unknown = JSON.parse(env[flusherVariable] ?? "null");
    return isJob(job) ? job : undefined;
  } catch {
    return undefined; // Not ours.
  }
}

function isJob(value: unknown): value is FlusherJob {
  return (
    typeof value === "object" &&
    value !== null &&
    "app" in value &&
    typeof value.app === "string" &&
    "intake" in value &&
    typeof value.intake === "object" &&
    value.intake !== null &&
    "url" in value.intake &&
    "directory" in value.intake
  );
}
