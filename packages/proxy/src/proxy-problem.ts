/** What a proxy tells its host. `message` is one sentence for people, without payloads and secrets. */
export interface ProxyProblem {
  /**
   * - `misconfigured`: an origin, host or body parser in front refuses what the host probably wants to let in
   * - `rejected`: events failed their checks or were refused for good by the sink
   * - `unavailable`: the sink did not take events or did not confirm them in time
   * - `failed`: something of the host threw, or this package has a fault
   */
  readonly code: "misconfigured" | "rejected" | "unavailable" | "failed";
  readonly message: string;
  /** How many events, for `rejected`. */
  readonly count?: number;
  /** What was thrown, where something was. */
  readonly cause?: unknown;
}

/** Called with every problem. What it throws is ignored. */
export type ProxyProblemHandler = (problem: ProxyProblem) => void;

/** Makes a handler safe to call; without one, the first problem is warned of on the console and no other. */
export function guardProblemHandler(handler: ProxyProblemHandler | undefined): ProxyProblemHandler {
  const tell = handler ?? warnOnce();
  return (problem) => {
    try {
      tell(problem);
    } catch {
      // The host's handler failed; there is nobody left to tell.
    }
  };
}

function warnOnce(): ProxyProblemHandler {
  let warned = false;
  return ({ message }) => {
    if (warned) return;
    warned = true;
    console.warn(`activity proxy: ${message} (said once; set onProblem to hear of everything)`);
  };
}
