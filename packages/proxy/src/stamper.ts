import type { ActivityEvent, EventLimits, EventProblem, JsonValue } from "@activity/core";
import { attributeKeys, EventStamp, reservedKeys } from "@activity/core";
import type { Stamp } from "./proxy-options.ts";
import { skipBlanks, sliceJson } from "./slice-json.ts";

/** What a server puts onto the events of one request. */
export interface StampInput {
  readonly stamps: readonly Stamp[];
  /** Wall-clock milliseconds at which the request arrived. */
  readonly receivedAtMs: number;
  /** When the client says it sent the request. */
  readonly sentAt: string | undefined;
  readonly attributes: Readonly<Record<string, JsonValue>> | undefined;
  /** Keys that no event may bring. @defaultValue none */
  readonly reservedKeys?: readonly string[] | undefined;
  /** Of events, before anything is put onto them. */
  readonly limits: EventLimits;
}

/** The text of an event with its stamps, or what is wrong with it. */
export type Stamped =
  | {
      readonly text: string;
      /** Bytes and keys that the stamps added. */
      readonly addedBytes: number;
      readonly addedKeys: number;
    }
  | { readonly problem: EventProblem };

/** Puts stamps onto events. */
export interface Stamper {
  /** Onto a text that may be no event. */
  stampText(text: string): Stamped;
  /** Onto an event that has passed the checks; `undefined` where a closer look is needed. */
  stampEvent(event: ActivityEvent): ActivityEvent | undefined;
}

/** A member that is put onto events. */
interface Member {
  readonly key: string;
  /** The value as JSON; `undefined` for a key that has none and is only kept free. */
  readonly json: string | undefined;
  /** Whether an event that brings one keeps it, whatever it is. */
  readonly yields: boolean;
}

/**
 * Makes what splices stamps into the text of events; `undefined` where there is nothing to put on. The rest
 * of a text stays as it is. A text that is not JSON does not become JSON by it: brackets and quotes that were
 * open stay open.
 */
export function createStamper(input: StampInput): Stamper | undefined {
  const members = membersOf(input);
  if (members.length === 0) return undefined;
  const stampText = (text: string): Stamped => {
    if (!text.startsWith("{") || !text.endsWith("}")) return { text, addedBytes: 0, addedKeys: 0 };
    const missing: Member[] = [];
    for (const member of members) {
      const found = compare(text, member);
      if (found === "missing") missing.push(...(member.json === undefined ? [] : [member]));
      else if (found !== "same") return { problem: found };
    }
    return splice(text, missing);
  };
  return { stampText, stampEvent: stampEvents(members, input.limits) };
}

/** A scanned event spells the names of its members as they are: where its text has none of the keys, all are missing. */
function stampEvents(members: readonly Member[], limits: EventLimits): Stamper["stampEvent"] {
  const put = members.filter(({ json }) => json !== undefined);
  const stamp = put.length > 0 ? EventStamp.of(joined(put), limits) : undefined;
  // Without the quote before it, which a search would meet everywhere.
  const names = members.map(({ key }) => JSON.stringify(key).slice(1));
  return (event) => {
    if (names.some((name) => event.text.includes(name))) return undefined;
    return put.length > 0 ? stamp?.onto(event) : event;
  };
}

/** Members as JSON. */
function joined(members: readonly Member[]): string {
  return members.map(({ key, json }) => `${JSON.stringify(key)}:${json}`).join(",");
}

function membersOf(input: StampInput): Member[] {
  const { stamps, receivedAtMs, sentAt, attributes = {}, reservedKeys: keptFree = [] } = input;
  const members: Member[] = [];
  if (stamps.includes("received_at")) {
    // The instant is the caller's, read from its clock.
    const time = new Date(receivedAtMs).toISOString();
    members.push({ key: attributeKeys.receivedAt, json: JSON.stringify(time), yields: true });
  }
  if (stamps.includes("sent_at") && sentAt !== undefined) {
    members.push({ key: attributeKeys.sentAt, json: JSON.stringify(sentAt), yields: true });
  }
  for (const [key, value] of Object.entries(attributes)) {
    const json: string | undefined = JSON.stringify(value);
    // The host's attributes must not make an event that is none.
    if (json === undefined || (reservedKeys as readonly string[]).includes(key)) continue;
    members.push({ key, json, yields: false });
  }
  for (const key of keptFree) {
    if (!Object.hasOwn(attributes, key)) members.push({ key, json: undefined, yields: false });
  }
  return members;
}

/** What an event says of a member already. */
function compare(text: string, { key, json, yields }: Member): "missing" | "same" | EventProblem {
  const suspicious = text.includes(JSON.stringify(key)) || text.includes("\\u");
  if (!suspicious || !isJson(text)) return "missing";
  const own = sliceJson(text, 0).filter((part) => part.key === key);
  const [first] = own;
  if (first === undefined) return "missing";
  const pointer = `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  if (own.length > 1) return { code: "bad_json", pointer, detail: `${key} stands more than once` };
  if (yields || JSON.stringify(JSON.parse(text.slice(first.start, first.end))) === json) return "same";
  return { code: "reserved_key", pointer, detail: `${key} is set by the server and has another value here` };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // The check of the event will say so.
  }
}

function splice(text: string, members: readonly Member[]): Stamped {
  if (members.length === 0) return { text, addedBytes: 0, addedKeys: 0 };
  const added = joined(members);
  const end = text.length - 1;
  const empty = skipBlanks(text, 1, end) === end;
  const spliced = `${text.slice(0, end)}${empty ? "" : ","}${added}}`;
  return {
    text: spliced,
    addedBytes: new TextEncoder().encode(added).length + (empty ? 0 : 1),
    addedKeys: members.length,
  };
}
