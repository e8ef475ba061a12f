import type { EventProblem, JsonValue } from "@activity/core";
import { attributeKeys, reservedKeys } from "@activity/core";
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

/** Puts stamps onto one event. */
export type Stamper = (text: string) => Stamped;

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
  return (text) => {
    if (!text.startsWith("{") || !text.endsWith("}")) return { text, addedBytes: 0, addedKeys: 0 };
    const missing: Member[] = [];
    for (const member of members) {
      const found = compare(text, member);
      if (found === "missing") missing.push(...(member.json === undefined ? [] : [member]));
      else if (found !== "same") return { problem: found };
    }
    return splice(text, missing);
  };
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
  const added = members.map(({ key, json }) => `${JSON.stringify(key)}:${json}`).join(",");
  const end = text.length - 1;
  const empty = skipBlanks(text, 1, end) === end;
  const spliced = `${text.slice(0, end)}${empty ? "" : ","}${added}}`;
  return {
    text: spliced,
    addedBytes: new TextEncoder().encode(added).length + (empty ? 0 : 1),
    addedKeys: members.length,
  };
}
