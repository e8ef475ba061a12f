import type { Attributes } from "@activity/core";
import { encodeCarefully, encodeHead, isRecordable } from "@activity/core";
import type { BrowserClientOptions } from "./browser-client.ts";
import { createId } from "./clock.ts";
import type { Keeper, Page, RefusedCall } from "./page.ts";
import type { WaitingEvent } from "./waiting-event.ts";
import { kept, mark } from "./waiting-event.ts";

/** The way of events from a call into the queue. */
export interface PageEvents extends Pick<Keeper, "notify"> {
  /** Records one event; of its attributes later layers win. Never throws. */
  record(type: string, name: string, ...layers: Layers): void;
  /** Gives what was recorded while consent was awaited its ids. */
  admit(): void;
  /** Records that the source has ended, if it ever began. The next event begins another. */
  endSource(): void;
}

/** By which visitors ask every page not to follow them: Global Privacy Control, Do Not Track. */
interface Signals extends Navigator {
  readonly globalPrivacyControl?: boolean;
}

type Layers = readonly (Attributes | undefined)[];

const loopback = /^((.+\.)?localhost|127\.[\d.]+|\[::1])$/;

/**
 * Makes the way of events of one page.
 *
 * @param refuse told of every call that was no event
 * @param depart called after each event of a page that is being unloaded
 */
export function createPageEvents(
  page: Page,
  refuse: (call: RefusedCall) => void,
  depart: () => void,
): PageEvents {
  const { options, clock, queue, safe, identity } = page;
  const common = attributesOf(options);
  let source = "";
  let last = 0;
  let drafts = 0;

  /** Encodes a call, as an event without an id. */
  function draft(type: string, name: string, layers: Layers): WaitingEvent {
    const at = clock.now();
    const time = new Date(at).toJSON();
    if (time?.length !== 24) throw new RangeError("clock");
    const user = identity.user();
    // The last layer keeps the ids of the visitor free for those that `enter` gives.
    const { text: members, ...flaws } = encodeCarefully([
      common,
      { page_url: mark + location.href, user_id: user },
      ...layers,
      { client_id: undefined, session_id: undefined },
    ]);
    const text = `,"event_time":"${time}"${encodeHead(type, name)}${members}`;
    return {
      id: `${++drafts}`,
      type,
      at,
      text,
      bytes: text.length,
      owner: user ? `u${user}` : "",
      flaws,
    };
  }

  /** Puts a draft into the queue; with consent, with an id and the ids of its visitor. */
  function enter(given: WaitingEvent, givenId?: string): string {
    let event = given;
    if (page.consent === "granted" && !event.id.includes(".")) {
      const client = identity.client();
      source ||= createId();
      const id = givenId ?? `${source}.${++last}`;
      const text = `{"event_id":"${id}"${event.text},"client_id":"${client}"}`;
      event = { ...event, id, text, bytes: text.length, owner: event.owner || `c${client}` };
      event = page.delivery?.finish(event) ?? event;
    }
    queue.add(event);
    page.delivery ? page.delivery.entered(event) : void safe.keep();
    return event.id;
  }

  const events: PageEvents = {
    notify: (name, attributes, id) => {
      if (!id) queue.counts.recorded++;
      return enter({ ...draft("telemetry", name, [attributes]), importance: kept }, id);
    },
    record: (type, name, ...layers) => {
      const isOptedOut =
        type === "behavioral" &&
        options.honorsPrivacySignals !== false &&
        ((navigator as Signals).globalPrivacyControl || navigator.doNotTrack === "1");
      if (isOptedOut || page.consent === "denied") return queue.drop("consent");
      // What sends makes room; until it is there, what comes too much takes no number.
      if (!page.delivery && queue.isFull(-1)) return queue.drop("capacity");
      let event: WaitingEvent | undefined;
      let cause: unknown;
      try {
        if (!page.signal.aborted && isRecordable(type, name, layers)) event = draft(type, name, layers);
      } catch (thrown) {
        cause = thrown;
      }
      if (!event) {
        queue.counts.refused++;
        return refuse({ type, name, layers, cause });
      }
      queue.counts.recorded++;
      enter(event);
      if (page.isGone) depart();
    },
    admit: () => {
      for (const event of queue.empty()) enter(event);
    },
    endSource: () => {
      if (last > 0 && page.consent === "granted") events.notify("source_closed", { last: last + 1 });
      source = "";
      last = 0;
    },
  };
  return events;
}

/** What every event says about application and browser. */
function attributesOf({ service, installId, isDev, attributes }: BrowserClientOptions): Attributes {
  return {
    service_name: service.name,
    service_version: service.version,
    service_commit: service.commit,
    install_id: installId,
    is_dev: isDev ?? loopback.test(location.hostname),
    locale: navigator.language,
    browser: mark,
    os: mark,
    device_model: mark,
    ...attributes,
  };
}
