import { createRequire } from "node:module";

/** The version that has the fault, and whose inside this file knows. */
const patchedVersion = "2.2.4";
const patched = Symbol.for("@activity/kafkajs-timers");

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

interface RequestQueueClass {
  readonly prototype: RequestQueue & { [patched]?: boolean };
}

/**
 * Stops kafkajs 2.2.4 from setting a timer after every answer although nothing waits, for a time in 1970: each fires at
 * once, costs 4.5 % of a core between them, and makes Node 24 print a TimeoutNegativeWarning on the host's console.
 * Other versions are left alone. Returns whether the fault is mended.
 */
export function mendKafkajsTimers(load: (module: string) => unknown = loadModule): boolean {
  try {
    const { version } = load("kafkajs/package.json") as { readonly version?: unknown }; // Any npm package has one.
    if (version !== patchedVersion) return false;
    // In this version the module is that class.
    const { prototype } = load("kafkajs/src/network/requestQueue/index.js") as RequestQueueClass;
    if (prototype[patched]) return true;
    const schedule = prototype.scheduleCheckPendingRequests;
    prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
      if (this.pending.length > 0) schedule.call(this);
    };
    Object.defineProperty(prototype, patched, { value: true });
    return true;
  } catch {
    return false; // Bundled into one file, say: it works all the same, and warns.
  }
}

/** The kafkajs that this file's package uses, from ES modules and CommonJS alike. */
function loadModule(module: string): unknown {
  return createRequire(typeof __filename === "string" ? __filename : import.meta.url)(module);
}
