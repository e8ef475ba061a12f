import type { ActivityEvent } from "@activity/core";

const maxChars = 200;
/** Shorter values are in any sentence by chance. */
const minValueChars = 4;

/** The name of what was thrown over events, and its message unless that holds a value of one of them. */
export function nameThrown(thrown: unknown, events: readonly ActivityEvent[]): string {
  try {
    if (!(thrown instanceof Error)) return `a ${typeof thrown}`;
    const { name, message } = thrown;
    const tells = events.some((event) => holdsValue(message, event.toJSON()));
    return tells || message === "" ? name : `${name}: ${message.slice(0, maxChars)}`;
  } catch {
    return "something that cannot be read";
  }
}

function holdsValue(message: string, value: unknown): boolean {
  if (typeof value === "object" && value !== null)
    return Object.values(value).some((member) => holdsValue(message, member));
  const text = String(value);
  return text.length >= minValueChars && typeof value !== "boolean" && message.includes(text);
}
