import { readAnswer } from "./read-answer.ts";

/** What is posted. */
export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  /** A header by its name in small letters; `null` where there is none. */
  header(name: string): string | null;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** One request: no redirect is followed, and nothing is tried again. Rejects when no answer came, or not all of it. */
export type Post = (request: PostRequest) => Promise<Answer>;

/** Posts by Node's own client, over the connections of its global agents. It is loaded at the first request. */
export function postByNode(address: string): Post {
  const url = new URL(address);
  return ({ headers, body, signal }) => {
    // An import would read every member of the module, and some load others.
    const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
    return new Promise((resolve, reject) => {
      const own = { "content-length": String(body.length), "user-agent": "node" };
      const call = request(url, { method: "POST", headers: { ...own, ...headers }, signal });
      call.on("error", reject);
      call.on("response", (response) => {
        const header = (name: string): string | null => {
          const value = response.headers[name];
          return typeof value === "string" ? value : null;
        };
        readAnswer(response, header("content-type")).then(
          (answer) => resolve({ status: response.statusCode ?? 0, header, body: answer }),
          reject,
        );
      });
      call.end(body);
    });
  };
}

/** Posts by a function such as the global `fetch`. */
export function postByFetch(address: string, fetch: typeof globalThis.fetch): Post {
  return async ({ headers, body, signal }) => {
    const response = await fetch(address, {
      method: "POST",
      headers,
      // A view of bytes is a body, whichever buffer it looks at; the type asks for more.
      body: body as Uint8Array<ArrayBuffer>,
      signal,
      redirect: "manual",
    });
    const header = (name: string): string | null => response.headers.get(name);
    const answer = await readAnswer(response.body ?? [], header("content-type"));
    return { status: response.status, header, body: answer };
  };
}
