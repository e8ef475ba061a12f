import { ActivityError, invalidOption } from "@activity/core";

/** What proves to the intake who sends. None of it is ever part of a message, a problem or a reason. */
export type IntakeAuth =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | CustomAuth;

/** Headers that are asked for before every request, for credentials that change. */
export interface CustomAuth {
  readonly kind: "custom";
  /** Whose credentials these are: a spool belongs to one such name. No secret; it is only hashed. */
  readonly name: string;
  /** What it throws is a reason to try again later. */
  readonly headers: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
}

/** Asking for credentials failed; what was thrown is kept back, since it may hold them. */
export class AuthFailed extends Error {}

/** Gives the headers of some credentials, for every request anew. */
export type AuthHeaders = () => Promise<Readonly<Record<string, string>>>;

/**
 * The headers of some credentials. What it returns rejects with {@link AuthFailed} only.
 *
 * @throws INVALID_OPTION when they cannot stand in a header.
 */
export function authHeaders(auth: IntakeAuth | undefined): AuthHeaders {
  if (auth === undefined) return () => Promise.resolve({});
  checkAuth(auth);
  if (auth.kind !== "custom") {
    const headers = { authorization: authorizationOf(auth) };
    return () => Promise.resolve(headers);
  }
  return async () => {
    try {
      const headers = new Headers({ ...(await auth.headers()) });
      return Object.fromEntries(headers);
    } catch {
      throw new AuthFailed();
    }
  };
}

/** @throws INVALID_OPTION for a kind that is none, or one without what it needs; nothing of it is shown. */
function checkAuth(auth: IntakeAuth): void {
  const kinds = { bearer: ["token"], basic: ["username", "password"], custom: ["name"] };
  const texts = Object.hasOwn(kinds, auth.kind) ? kinds[auth.kind] : undefined;
  if (texts === undefined) throw invalidOption("auth.kind", auth.kind, '"bearer", "basic" or "custom"');
  const given = auth as unknown as Readonly<Record<string, unknown>>; // Checked here.
  const missing = texts.find((name) => typeof given[name] !== "string");
  if (missing !== undefined)
    throw new ActivityError(
      "INVALID_OPTION",
      `auth.${missing} is no text; auth of kind ${auth.kind} needs it`,
    );
  if (auth.kind === "custom" && typeof auth.headers !== "function")
    throw new ActivityError("INVALID_OPTION", "auth.headers is no function; auth of kind custom needs it");
}

/** What tells credentials apart, to be hashed; never the secrets of a callback, which are not known yet. */
export function credentialOf(auth: IntakeAuth | undefined): string {
  return JSON.stringify(auth?.kind === "custom" ? [auth.kind, auth.name] : (auth ?? null));
}

function authorizationOf(auth: Exclude<IntakeAuth, CustomAuth>): string {
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
