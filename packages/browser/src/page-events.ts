import type { Attributes, Problem } from "@activity/core";
import { importances } from "@activity/core";
import { createAnnouncer } from "./announcer.ts";
import type { BrowserClientOptions, Consent } from "./browser-client.ts";
import { lingerMs } from "./browser-limits.ts";
import type { PageClock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import { describeBrowser } from "./describe-browser.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Identity } from "./identity.ts";
import { createRecorder } from "./recorder.ts";
import { redactUrl } from "./redact-url.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** The way of events from a call into the queue. */
export interface PageEvents {
  /** Events that failed a check. */
  readonly refused: number;
  consent: Consent;
  isClosed: boolean;
  /** Records one event. Never throws. */
  record(type: string, name: string, ...layers: readonly (Attributes | undefined)[]): void;
  /** Gives what was recorded while consent was awaited its ids. */
  admit(): void;
  /** Records that the source has ended, if it ever began. The next event begins another. */
  endSource(): void;
}

/** What they are made of. */
export interface PageEventsOptions {
  readonly options: BrowserClientOptions;
  readonly queue: EventQueue;
  readonly delivery: Delivery;
  readonly identity: Identity;
  readonly clock: PageClock;
  readonly onProblem: (problem: Problem) => void;
}

/** Makes the way of events of one page. */
export function createPageEvents(given: PageEventsOptions): PageEvents {
  const { options, queue, delivery, identity, clock, onProblem } = given;
  const { writer, sender } = delivery;
  const { service } = options;
  const attributes = {
    service_name: service.name,
    service_version: service.version,
    service_commit: service.commit,
    install_id: options.installId,
    is_dev: options.isDev ?? isLoopback(location.hostname),
    ...describeBrowser(navigator),
    ...options.attributes,
  };
  const context = (): Attributes => ({ page_url: redactUrl(location.href) });
  const recorder = createRecorder({ attributes, context, identity, clock, onProblem });

  const enter = (draft: WaitingEvent, id?: string): WaitingEvent => {
    const event = events.consent === "granted" ? recorder.finish(draft, id) : draft;
    queue.add(event);
    writer.keep();
    sender.wake(lingerMs);
    return event;
  };

  /** Records an event about events: it is never given up. With an id it takes the place of an earlier one. */
  const notify = (name: string, attributes: Attributes, id?: string): string | undefined => {
    const draft = recorder.draft({ type: "telemetry", name, layers: [attributes] });
    if (!draft) return undefined;
    if (id) writer.rewrite(id);
    else queue.counts.recorded++;
    return enter({ ...draft, importance: importances.kept }, id).id;
  };

  const announce = createAnnouncer(
    (id) => queue.events.has(id) && !queue.flying.has(id) && (sender.isSending || writer.isNew(id)),
    (announcement) => {
      announcement.id = notify("events_dropped", announcement.attributes, announcement.id);
    },
  );
  queue.listeners.add((event, outcome, reason) => {
    if (events.consent === "granted" && (reason || outcome === "rejected"))
      announce(event, reason ?? outcome);
  });

  /** What is recorded while the page is unloaded goes before the task ends. */
  let isEnding = false;
  const events: PageEvents & { refused: number } = {
    refused: 0,
    consent: "pending",
    isClosed: false,
    record: (type, name, ...layers) => {
      if (events.consent === "denied" || (type === "behavioral" && isOptedOut(options)))
        return queue.drop("consent");
      let draft: WaitingEvent | undefined;
      try {
        draft = events.isClosed ? undefined : recorder.draft({ type, name, layers });
      } catch (cause) {
        onProblem({ code: "refused", message: "an event was not recorded", cause });
      }
      if (!draft) {
        events.refused++;
        return;
      }
      queue.counts.recorded++;
      enter(draft);
      if (delivery.isGone && !isEnding) {
        isEnding = true;
        queueMicrotask(() => {
          events.endSource();
          delivery.leave(true);
          isEnding = false;
        });
      }
    },
    admit: () => {
      for (const draft of queue.empty()) enter(draft);
    },
    endSource: () => {
      const last = recorder.last() + 1;
      if (last > 1 && events.consent === "granted" && !events.isClosed) notify("source_closed", { last });
      recorder.renew();
    },
  };
  return events;
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Whether the visitor has asked every page not to follow them (Global Privacy Control, Do Not Track). */
function isOptedOut({ honorsPrivacySignals = true }: BrowserClientOptions): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & {
    readonly globalPrivacyControl?: boolean;
  };
  return honorsPrivacySignals && (globalPrivacyControl === true || doNotTrack === "1");
}
