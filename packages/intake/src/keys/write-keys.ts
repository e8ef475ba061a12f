import { timingSafeEqual } from "node:crypto";
import { ActivityError } from "@activity/core";
import type { Principal, ProxyRequest } from "@activity/proxy";
import type { WriteKey } from "./write-key.ts";
import { hashKey } from "./write-key.ts";

/** Who sent a request, by its write key. */
export interface KeyHolder extends Principal {
  readonly key: WriteKey;
}

/**
 * Makes the check of `Authorization: Bearer KEY` against some write keys. Each comparison takes the same
 * time whatever is sent, and keys are held as hashes only.
 *
 * @throws INVALID_OPTION for a key that is empty or could not stand in a header.
 */
export function checkWriteKeys(
  keys: readonly (string | WriteKey)[],
): (request: ProxyRequest) => KeyHolder | null {
  const holders = keys.map((key, place): KeyHolder => ({ key: toWriteKey(key, place + 1) }));
  const known = holders.map(({ key }) => Buffer.from(key.sha256, "hex"));
  return (request) => {
    const [, key] = /^bearer +(\S+)$/i.exec(request.header("authorization")?.trim() ?? "") ?? [];
    if (key === undefined) return null;
    const given = hashKey(key);
    // All are compared, so that the time does not tell which one it was.
    const equal = known.map((one) => timingSafeEqual(one, given));
    return holders[equal.indexOf(true)] ?? null;
  };
}

function toWriteKey(key: string | WriteKey, place: number): WriteKey {
  if (typeof key !== "string") return key;
  if (/^[!-~]+$/.test(key)) return { name: `key-${place}`, sha256: hashKey(key).toString("hex") };
  throw new ActivityError(
    "INVALID_OPTION",
    `write key ${place} is empty or holds other than visible ASCII characters`,
  );
}
