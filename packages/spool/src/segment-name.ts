import type { Importance } from "@activity/core";
import { ownerSyntax } from "./owner.ts";

/** `open`: being written · `pending`: complete, waiting · `leased`: perhaps on its way, so its events may arrive twice. */
export type SegmentState = "open" | "pending" | "leased";

/** Everything that is known of a segment without reading it. */
export interface SegmentName {
  /** When it was begun, in milliseconds since the Unix epoch. */
  readonly createdMs: number;
  /** Who began it: the nonce of its first owner. With `number` it makes the name unique for ever. */
  readonly creator: string;
  readonly number: number;
  readonly lane: number;
  readonly importance: Importance;
  /** Events from `offset` on; `undefined` while it is written, since only reading it tells. */
  readonly count: number | undefined;
  /** Where the first event that still counts begins, in bytes. */
  readonly offset: number;
  readonly state: SegmentState;
  /** The text of its owner; `undefined` when it was left by a store that was closed. */
  readonly owner: string | undefined;
}

const nobody = "nobody";
const suffix = ".ndjson";

const pattern = /* @__PURE__ */ new RegExp(
  `^(?<createdMs>\\d{1,15})-(?<creator>[0-9a-f]{12})-(?<number>\\d{1,15})` +
    `-l(?<lane>\\d{1,15})-i(?<importance>[0-6])-c(?<count>\\d{1,15}|x)-o(?<offset>\\d{1,15})` +
    `-(?<state>open|pending|leased)-(?<owner>${nobody}|${ownerSyntax})\\.ndjson$`,
);

/** The name of a segment's file. */
export function formatSegmentName(name: SegmentName): string {
  const { createdMs, creator, number, lane, importance, count = "x", offset, state, owner = nobody } = name;
  return (
    [createdMs, creator, number, `l${lane}`, `i${importance}`, `c${count}`, `o${offset}`, state, owner].join(
      "-",
    ) + suffix
  );
}

/** What a file's name says of it; `undefined` for every file that is not a segment. */
export function parseSegmentName(text: string): SegmentName | undefined {
  const fields = pattern.exec(text)?.groups;
  if (fields === undefined) return undefined;
  const number = (field: string): number => Number(fields[field]);
  const { creator = "", count, owner } = fields;
  return {
    createdMs: number("createdMs"),
    creator,
    number: number("number"),
    lane: number("lane"),
    importance: number("importance") as Importance, // The pattern takes only these.
    count: count === "x" ? undefined : Number(count),
    offset: number("offset"),
    state: fields["state"] as SegmentState, // As above.
    owner: owner === nobody ? undefined : owner,
  };
}

/** What 15 digits hold. */
const maxCreatedMs = 999_999_999_999_999;
/** Before this there was no segment. */
const firstCreatedMs = 1_577_836_800_000;

/** A time as it can stand in a name: one of a clock that shows none is 0, else nobody would know the file for a segment. */
export function toCreatedMs(nowMs: number): number {
  const createdMs = Math.trunc(Number(nowMs));
  return createdMs > 0 && createdMs <= maxCreatedMs ? createdMs : 0;
}

/**
 * How old a segment is, in milliseconds, at least 0. One that is older than any can be was begun under a clock that was
 * not set yet: its age is not known, and nothing of it expires for that.
 */
export function ageOf({ createdMs }: Pick<SegmentName, "createdMs">, nowMs: number): number {
  const ageMs = createdMs < firstCreatedMs && nowMs > firstCreatedMs ? 0 : nowMs - createdMs;
  return Math.max(0, ageMs) || 0;
}

/** Orders segments as they were begun. */
export function compareSegmentNames(a: SegmentName, b: SegmentName): number {
  return (
    a.createdMs - b.createdMs ||
    (a.creator < b.creator ? -1 : Number(a.creator > b.creator)) ||
    a.number - b.number
  );
}
