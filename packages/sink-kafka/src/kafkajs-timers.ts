const mended = Symbol.for("@activity/kafkajs-timers");

/** The line of kafkajs 2.2.4 that has the fault. Where it does not stand there is nothing to mend. */
const faultyLine = "let scheduleAt = this.throttledUntil - Date.now()";

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

interface RequestQueueModule {
  readonly default: { readonly prototype: RequestQueue & { [mended]?: boolean } };
}

/**
 * Stops kafkajs 2.2.4 from setting timers without end although no request waits, for a time in 1970: each fires at once,
 * together they cost 4.5 % of a core, and Node 24 prints a TimeoutNegativeWarning on the host's console. Other versions
 * are left alone. Resolves with whether the fault is mended; never rejects.
 */
export async function mendKafkajsTimers(load: () => Promise<unknown> = loadRequestQueue): Promise<boolean> {
  try {
    // The file exports that class, or the next lines throw or find nothing.
    const { prototype } = ((await load()) as RequestQueueModule).default;
    if (prototype[mended]) return true;
    const schedule = prototype.scheduleCheckPendingRequests;
    if (!String(schedule).includes(faultyLine)) return false;
    prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
      if (this.pending.length > 0) schedule.call(this);
    };
    Object.defineProperty(prototype, mended, { value: true });
    return true;
  } catch {
    return false; // Another version may have no such file: it works all the same.
  }
}

function loadRequestQueue(): Promise<unknown> {
  // @ts-expect-error kafkajs has no types for its inside.
  return import("kafkajs/src/network/requestQueue/index.js");
}
