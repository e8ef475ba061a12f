import type { Clock } from "@activity/core";
import { browserLimits } from "./browser-limits.ts";
import type { GuardedStorage } from "./guarded-storage.ts";
import { randomId } from "./random-id.ts";

/** Who uses this browser, as two random ids. */
export interface VisitorIds {
  /** Stays until it is forgotten; shared by the tabs of an origin. */
  readonly client_id: string;
  /** One visit: ends 30 minutes after its last event, or 24 hours after its first. */
  readonly session_id: string;
}

/** Keeps the ids of the visitor. Nothing is read, made or written before `ids` is asked for. */
export interface Visitor {
  /** The ids for an event of this moment. */
  ids(): VisitorIds;
  /** Removes both; the next event makes new ones. */
  forget(): void;
}

interface Session {
  readonly id: string;
  readonly startedMs: number;
  readonly lastMs: number;
}

const clientKey = "activity_client_id";
const sessionKey = "activity_session";

/** Makes the visitor of an origin. */
export function createVisitor(storage: GuardedStorage, clock: Pick<Clock, "now" | "random">): Visitor {
  function clientId(): string {
    const known = storage.get(clientKey);
    if (known) return known;
    const id = randomId(clock);
    storage.set(clientKey, id);
    return id;
  }

  function sessionId(): string {
    const now = clock.now();
    const known = parseSession(storage.get(sessionKey));
    const running = known !== undefined && isRunning(known, now);
    if (running && now - known.lastMs < browserLimits.sessionTouchMs) return known.id;
    const { id, startedMs } = running ? known : { id: randomId(clock), startedMs: now };
    storage.set(sessionKey, `${id}.${startedMs}.${now}`);
    return id;
  }

  return {
    ids: () => ({ client_id: clientId(), session_id: sessionId() }),
    forget: () => {
      storage.remove(clientKey);
      storage.remove(sessionKey);
    },
  };
}

/** A clock that was set back ends no visit; one that is far off ends it once. */
function isRunning({ startedMs, lastMs }: Session, now: number): boolean {
  const { sessionIdleMs, sessionMaxMs } = browserLimits;
  return Math.abs(now - lastMs) < sessionIdleMs && now - startedMs < sessionMaxMs;
}

function parseSession(text: string | undefined): Session | undefined {
  const [id, started, last] = text?.split(".") ?? [];
  const [startedMs, lastMs] = [Number(started), Number(last)];
  if (!id || !Number.isFinite(startedMs) || !Number.isFinite(lastMs)) return undefined;
  return { id, startedMs, lastMs };
}
