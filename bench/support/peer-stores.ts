/** What takes the events of other makers' clients: reads their bodies and answers as their servers do. */
import type { Answer, Arrival, FinalStore } from "../../e2e/failures/support/final-store.ts";
import type { PeerName } from "./peer-names.ts";

/** How one maker's bodies and answers look. */
interface Form {
  /** Events of a body. */
  events(body: Json): readonly Json[];
  arrival(event: Json): Partial<Arrival>;
  readonly answer: Answer;
  readonly refusal?: (answer: Answer) => Answer;
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of four makers, of which two members are read.
type Json = any;

/** A store that keeps every event once, by its id. */
export function peerStore(name: PeerName): FinalStore {
  const { events, arrival, answer, refusal } = forms[name];
  const stored = new Map<string, Arrival>();
  const arrivalsIn = (text: string): readonly Arrival[] =>
    text === "" ? [] : events(JSON.parse(text)).map(arrival).filter(isArrival);
  return {
    ...(refusal === undefined ? {} : { refusal }),
    arrivalsIn,
    take: async (text) => {
      for (const one of arrivalsIn(text)) stored.set(one.id, one);
      return answer;
    },
    get stored() {
      return [...stored.values()];
    },
  };
}

const json = { "content-type": "application/json" };

const forms: Readonly<Record<PeerName, Form>> = {
  segment: {
    events: ({ batch }) => batch ?? [],
    arrival: ({ messageId: id, properties }) => ({ id, n: properties?.n }),
    answer: { status: 200, headers: json, body: `{"success":true}` },
  },
  posthog: {
    events: ({ batch }) => batch ?? [],
    arrival: ({ uuid: id, properties }) => ({ id, n: properties?.n }),
    answer: { status: 200, headers: json, body: `{"status":1}` },
  },
  snowplow: {
    events: ({ data }) => data ?? [],
    arrival: ({ eid: id, ue_pr }) => ({ id, n: JSON.parse(ue_pr ?? "{}").data?.data?.n }),
    answer: { status: 200 },
  },
  amplitude: {
    events: ({ events }) => events ?? [],
    arrival: ({ insert_id: id, event_properties }) => ({ id, n: event_properties?.n }),
    answer: { status: 200, headers: json, body: `{"code":200,"events_ingested":1}` },
    refusal: ({ status, headers }) => ({
      status,
      headers: { ...headers, ...json },
      body: JSON.stringify({ code: status, error: "refused" }),
    }),
  },
};

function isArrival(arrival: Partial<Arrival>): arrival is Arrival {
  return typeof arrival.n === "number" && typeof arrival.id === "string";
}
