import type { Attributes, EventSource, Problem } from "@activity/core";
import {
  checkAttributes,
  checkLabel,
  createdEventMaxBytes,
  createEventSource,
  encodeCarefully,
  encodeHead,
  finishAttributes,
  importanceOf,
  utf8Bytes,
} from "@activity/core";
import type { PageClock } from "./clock.ts";
import type { Identity } from "./identity.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** What a page asks to be recorded. */
export interface RecordCall {
  readonly type: string;
  readonly name: string;
  /** Later ones win. */
  readonly layers: readonly (Attributes | undefined)[];
}

/** Turns calls into events. */
export interface Recorder {
  /** Encodes a call, as an event without an id; `undefined` when it is no event, and was refused. */
  draft(call: RecordCall): WaitingEvent | undefined;
  /** Gives a draft its id, the next number of this source, and the ids of its visitor. */
  finish(draft: WaitingEvent, id?: string): WaitingEvent;
  /** The highest number given; 0 for none. */
  last(): number;
  /** Begins a new source. */
  renew(): void;
}

/** What a recorder works with. */
export interface RecorderOptions {
  readonly attributes: Attributes;
  /** Attributes of the moment. */
  readonly context: () => Attributes;
  readonly identity: Identity;
  readonly clock: PageClock;
  readonly onProblem: (problem: Problem) => void;
}

/** Room for the ids of the visitor. */
const idsBytes = 128;

/** Makes a recorder. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { attributes, context, identity, clock, onProblem } = options;
  let source: EventSource = createEventSource(clock);
  let drafts = 0;
  return {
    draft: ({ type, name, layers }) => {
      const problem =
        checkLabel("event_type", type) ??
        checkLabel("event_name", name) ??
        layers.map(checkAttributes).find(Boolean);
      const about = { eventType: type, eventName: name };
      if (problem) {
        onProblem({
          code: "refused",
          message: `an event was not recorded: ${problem.detail}`,
          problems: [problem],
          ...about,
        });
        return undefined;
      }
      const user = identity.user();
      const head = encodeHead(type, name);
      // The last layer keeps the ids of the visitor free for those that `finish` gives.
      const encoded = encodeCarefully([
        attributes,
        { ...context(), user_id: user },
        ...layers,
        { client_id: undefined, session_id: undefined },
      ]);
      const members = finishAttributes(encoded, head, createdEventMaxBytes - idsBytes);
      if (members !== encoded.text)
        onProblem({
          code: "altered",
          message: "attributes of an event were left out or shortened",
          ...about,
        });
      const text = source.now().text + head + members;
      return {
        id: String(++drafts),
        type,
        importance: importanceOf(type),
        at: clock.now(),
        text,
        bytes: utf8Bytes(text),
        owner: user ? `u${user}` : "",
      };
    },
    finish: (draft, id = source.nextId()) => {
      if (draft.id.includes(".")) return draft;
      const client = identity.client();
      const text = `{"event_id":"${id}"${draft.text},"client_id":"${client}","session_id":"${identity.session()}"}`;
      return { ...draft, id, text, bytes: utf8Bytes(text), owner: draft.owner || `c${client}` };
    },
    last: () => source.last,
    renew: () => {
      source = createEventSource(clock);
    },
  };
}
