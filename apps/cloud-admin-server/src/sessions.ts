import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Signed-in users by the random token in their cookie. A real service keeps these in a database. */
export class Sessions {
  readonly #users = new Map<string, string>();

  /** The cookie of a new session. */
  open(user: string): string {
    const token = randomBytes(24).toString("base64url");
    this.#users.set(token, user);
    return `session=${token}; HttpOnly; SameSite=Lax; Path=/`;
  }

  /** The cookie that ends a session in the browser. */
  close(request: IncomingMessage): string {
    this.#users.delete(tokenOf(request));
    return "session=; Max-Age=0; HttpOnly; SameSite=Lax; Path=/";
  }

  userOf(request: IncomingMessage): string | undefined {
    return this.#users.get(tokenOf(request));
  }
}

function tokenOf({ headers }: IncomingMessage): string {
  return /(?:^|;\s*)session=([\w-]+)/.exec(headers.cookie ?? "")?.[1] ?? "";
}
