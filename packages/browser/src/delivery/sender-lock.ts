/** What becomes of the wish to be the one page of an origin that sends. */
export interface LockHandlers {
  /** It is this page's turn. */
  readonly onHeld: () => void;
  /** Another page has it; this one waits for its turn. */
  readonly onOther: () => void;
  /** There are no locks, so that no page can know of another. */
  readonly onAlone: (cause: unknown) => void;
}

/**
 * Asks for the lock that one page of an origin holds at a time. The browser frees it when its holder dies.
 * Returns what gives the lock back, or the wish for it.
 */
export function requestLock(name: string, { onHeld, onOther, onAlone }: LockHandlers): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let free = (): void => undefined;
  let isHeld = false;
  const hold = (lock: Lock | null): Promise<void> | undefined => {
    if (!lock || signal.aborted) return undefined;
    isHeld = true;
    onHeld();
    return new Promise((resolve) => {
      free = resolve;
    });
  };
  const request = async (): Promise<void> => {
    await navigator.locks.request(name, { ifAvailable: true }, hold);
    if (isHeld || signal.aborted) return;
    onOther();
    await navigator.locks.request(name, { signal }, hold);
  };
  request().catch((cause: unknown) => signal.aborted || onAlone(cause));
  return () => {
    stop.abort();
    free();
  };
}
