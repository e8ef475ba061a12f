import { importanceOf } from "@activity/core";
import type { WaitingEvent } from "../src/waiting-event.ts";

/** An event that waits, for tests. */
export function waitingEvent(id: string, given: Partial<WaitingEvent> = {}): WaitingEvent {
  const type = given.type ?? "behavioral";
  const importance = importanceOf(type);
  return { id, type, importance, at: 0, text: `{"event_id":"${id}"}`, bytes: 100, owner: "cme", ...given };
}
