import { timingSafeEqual } from "node:crypto";
import { ActivityError } from "@activity/core";
import type { Principal, ProxyRequest } from "@activity/proxy";
import type { WriteKey } from "./write-key.ts";
import { hashKey } from "./write-key.ts";

/** Who sent a request, by its write key. */
export interface KeyHolder extends Principal {
  readonly key: WriteKey;
}

/** Write keys that may change while they are used. */
export interface WriteKeySource {
  /** The same array until they change. */
  readonly keys: readonly (string | WriteKey)[];
  /** Asked to look for a key that is not among them. */
  refresh(): void;
}

/**
 * Makes the check of `Authorization: Bearer KEY` against some write keys. Each comparison takes the same
 * time whatever is sent, and keys are held as hashes only.
 *
 * @throws INVALID_OPTION for a key that is empty or could not stand in a header.
 */
export function checkWriteKeys(source: WriteKeySource): (request: ProxyRequest) => KeyHolder | null {
  let ring = createRing(source.keys);
  const find = (given: Buffer): KeyHolder | null => {
    if (ring.keys !== source.keys) ring = createRing(source.keys);
    // All are compared, so that the time does not tell which one it was.
    const equal = ring.hashes.map((one) => timingSafeEqual(one, given));
    return ring.holders[equal.indexOf(true)] ?? null;
  };
  return (request) => {
    const [, key] = /^bearer +(\S+)$/i.exec(request.header("authorization")?.trim() ?? "") ?? [];
    if (key === undefined) return null;
    const given = hashKey(key);
    const found = find(given);
    if (found !== null) return found;
    source.refresh();
    return find(given);
  };
}

interface Ring {
  readonly keys: WriteKeySource["keys"];
  readonly holders: readonly KeyHolder[];
  readonly hashes: readonly Buffer[];
}

function createRing(keys: WriteKeySource["keys"]): Ring {
  const holders = keys.map((key, place): KeyHolder => ({ key: toWriteKey(key, place + 1) }));
  return { keys, holders, hashes: holders.map(({ key }) => Buffer.from(key.sha256, "hex")) };
}

function toWriteKey(key: string | WriteKey, place: number): WriteKey {
  if (typeof key !== "string") return key;
  if (/^[!-~]+$/.test(key)) return { name: `key-${place}`, sha256: hashKey(key).toString("hex") };
  throw new ActivityError(
    "INVALID_OPTION",
    `write key ${place} is empty or holds other than visible ASCII characters`,
  );
}
