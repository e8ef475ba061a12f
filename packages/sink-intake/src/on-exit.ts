const callbacks = new Set<() => void>();
let listening = false;

/**
 * Calls back when the process exits, unless what it returns was called before. One listener for all, so that
 * many clients raise no warning.
 */
export function onExit(callback: () => void): () => void {
  if (!listening) {
    listening = true;
    process.once("exit", () => {
      for (const call of callbacks) call();
    });
  }
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
  };
}
