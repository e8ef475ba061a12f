import { sessionIdleMs, sessionMaxMs, sessionTouchMs } from "../browser-limits.ts";
import { createId } from "../clock.ts";
import { sessionKey } from "../identity.ts";
import type { Page } from "../page.ts";
import { isVisitor } from "./standing.ts";

/** Makes the function that gives the session of an owner: who is not the visitor of now has one of their own. */
export function createSessions(
  page: Pick<Page, "storage" | "clock" | "identity">,
): (owner: string) => string {
  const others = new Map<string, string>();
  return (owner) => {
    if (isVisitor(owner, page)) return currentSession(page);
    const session = others.get(owner) ?? createId();
    others.set(owner, session);
    return session;
  };
}

/**
 * The session of something recorded now. One visit, shared by the tabs of an origin: it ends 30 minutes after its last
 * event, or 24 hours after its first.
 */
export function currentSession({ storage, clock }: Pick<Page, "storage" | "clock">): string {
  const now = clock.now();
  const [id = "", started, last] = storage.get(sessionKey)?.split(".") ?? [];
  // A clock that was set back ends no visit; one that is far off ends it once.
  const idleMs = Math.abs(now - Number(last));
  const isRunning = idleMs < sessionIdleMs && now - Number(started) < sessionMaxMs;
  if (isRunning && idleMs < sessionTouchMs) return id;
  const current = isRunning ? id : createId();
  storage.set(sessionKey, `${current}.${isRunning ? started : now}.${now}`);
  return current;
}
