import { createHash, timingSafeEqual } from "node:crypto";
import { ActivityError } from "@activity/core";
import type { Principal, ProxyRequest } from "@activity/proxy";

/**
 * Makes the check of `Authorization: Bearer KEY` against some write keys. Each comparison takes the same
 * time whatever is sent, and keys are held as hashes only.
 *
 * @throws INVALID_OPTION for a key that is empty or could not stand in a header.
 */
export function checkWriteKeys(keys: readonly string[]): (request: ProxyRequest) => Principal | null {
  for (const [place, key] of keys.entries()) {
    if (/^[!-~]+$/.test(key)) continue;
    throw new ActivityError(
      "INVALID_OPTION",
      `write key ${place + 1} is empty or holds other than visible ASCII characters`,
    );
  }
  const known = keys.map(hash);
  return (request) => {
    const [, key] = /^bearer +(\S+)$/i.exec(request.header("authorization")?.trim() ?? "") ?? [];
    if (key === undefined) return null;
    const given = hash(key);
    // All are compared, so that the time does not tell which one it was.
    return known.filter((one) => timingSafeEqual(one, given)).length > 0 ? {} : null;
  };
}

function hash(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
