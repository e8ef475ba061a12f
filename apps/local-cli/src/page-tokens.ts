import { createHash, randomBytes } from "node:crypto";

/** More pages than anybody has open. */
const maxPages = 1_000;

/** Random tokens of the pages that this server has served, and whom each was served for. */
export class PageTokens {
  /** By digest: how long a look-up takes tells nothing of a token. */
  readonly #users = new Map<string, string | undefined>();

  /** A token for a page of a user, or of nobody. */
  issue(user: string | undefined): string {
    const token = randomBytes(24).toString("base64url");
    this.#users.set(digest(token), user);
    const [oldest] = this.#users.keys();
    if (this.#users.size > maxPages && oldest !== undefined) this.#users.delete(oldest);
    return token;
  }

  knows(token: string): boolean {
    return this.#users.has(digest(token));
  }

  userOf(token: string): string | undefined {
    return this.#users.get(digest(token));
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
