import { finishEventText, importanceOf, utf8Bytes } from "@activity/core";
import { maxEventBytes } from "../browser-limits.ts";
import { describeBrowser } from "../describe-browser.ts";
import type { Page } from "../page.ts";
import { redactUrl } from "../redact-url.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { mark } from "../waiting-event.ts";
import { describeThrown } from "./describe-thrown.ts";
import { createSessions } from "./session.ts";

/** What stands in a text for a URL, or for what is known of the browser. */
const marked = /"(page_url|referrer|source_url|browser|os|device_model)":"\\u0001((?:[^"\\]|\\.)*)"/g;
/** The mark as it stands in a text. */
const escapedMark = JSON.stringify(mark).slice(1, -1);
const fields = ["event_id", "event_time", "event_type", "event_name", "client_id", "session_id"];
/** Characters of which no more bytes can become than an event may have. */
const surelyFits = maxEventBytes / 3;

/**
 * Makes the function that does what is still to be done to the text of an event: names the browser and the session,
 * redacts URLs, describes what was thrown, says what was left out, and shortens what is too long.
 */
export function createFinisher(page: Page): (event: WaitingEvent) => WaitingEvent {
  const facts: Record<string, string> = { ...describeBrowser(navigator) };
  const sessionOf = createSessions(page);
  let last: readonly [url: string, redacted: string] = ["", ""];

  function redact(url: string): string {
    if (last[0] !== url) last = [url, JSON.stringify(redactUrl(JSON.parse(`"${url}"`) as string))]; // A text in JSON.
    return last[1];
  }

  return (event) => {
    const { flaws, ...rest } = event;
    if (!flaws) return event;
    const session = sessionOf(event.owner);
    let text = event.text.replace(
      marked,
      (_, key: string, url: string) => `"${key}":${url ? redact(url) : JSON.stringify(facts[key] ?? "")}`,
    );
    text = `${text.slice(0, -1)},"session_id":"${session}"}`;
    if (event.type === "error" && text.includes(escapedMark))
      text = JSON.stringify(describeThrown(JSON.parse(text) as Record<string, unknown>)); // Of an event.
    const problems = flaws.problems.map((name) => (name === mark ? "thrown" : name));
    const { omitted } = flaws;
    if (problems.length + omitted > 0 || text.length > surelyFits) {
      const limits = { spared: fields, maxBytes: maxEventBytes };
      const finished = finishEventText(text, { problems, omitted }, limits);
      if (finished !== text) tellAltered(page, event);
      text = finished;
    }
    return { importance: importanceOf(event.type), ...rest, text, bytes: utf8Bytes(text) };
  };
}

function tellAltered({ onProblem }: Page, { type, text }: WaitingEvent): void {
  const { event_name: eventName } = JSON.parse(text) as { event_name: string }; // Every event has one.
  onProblem({
    code: "altered",
    message: "attributes of an event were left out or shortened",
    eventType: type,
    eventName,
  });
}
