import { ActivityError } from "@activity/core";

/** What proves to the intake who sends. None of it is ever part of a message, a problem or a reason. */
export type IntakeAuth =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

/**
 * The `Authorization` header of some credentials.
 *
 * @throws INVALID_OPTION when they cannot stand in a header.
 */
export function authorizationOf(auth: IntakeAuth): string {
  if (auth.kind === "basic")
    return `Basic ${Buffer.from(`${auth.username}:${auth.password}`, "utf8").toString("base64")}`;
  // RFC 6750 §2.1 allows less; what matters is that it is one header of visible ASCII.
  if (!/^[\x21-\x7e]+$/.test(auth.token))
    throw new ActivityError(
      "INVALID_OPTION",
      "the write key must be visible ASCII characters without blanks",
    );
  return `Bearer ${auth.token}`;
}
