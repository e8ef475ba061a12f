/**
 * A web site for disasters: it serves pages with an SDK in them, takes what they send behind a real proxy, and can be
 * down for good, refuse, or lose its answers. What it took is counted by the marks that pages put on their events, in
 * whatever form an SDK sends them.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { gunzipSync, inflateSync } from "node:zlib";
import type { EventObject } from "@activity/core";
import type { EventProxy, MemorySink } from "@activity/proxy";
import { createProxy, memorySink } from "@activity/proxy";
import { listenOnFreePort } from "../support/free-ports.ts";

/** What the site does with what is posted: takes it, refuses it with 503, or takes it and drops the connection. */
export type Conduct = "takes" | "refuses" | "loses_answers";

export interface Site {
  readonly origin: string;
  conduct: Conduct;
  /** How often each mark was taken, in whatever request. */
  readonly taken: ReadonlyMap<string, number>;
  /** Marks in requests whose answers were lost. */
  readonly unanswered: ReadonlySet<string>;
  /** What came out of the proxy: for SDKs of the HTTP contract. */
  readonly arrived: readonly EventObject[];
  /** Requests that were posted, whatever became of them. */
  readonly posts: number;
  /** Closes the port and every connection, as a server that was killed. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** What an SDK needs of a site: its script, and where its events are posted if they go through the proxy. */
export interface SiteOptions {
  readonly script: string;
  readonly proxyPath?: string | undefined;
  /** Files by their paths, before everything else. */
  readonly files?: ReadonlyMap<string, SiteFile> | undefined;
  /** Headers of everything that it serves. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A file as it is served. */
export interface SiteFile {
  readonly type: string;
  readonly body: string;
}

const mark = /mark-\d{6}/g;

/** The mark of an event by its number. */
export function markOf(n: number): string {
  return `mark-${String(n).padStart(6, "0")}`;
}

/** Starts a site on a free port of this machine. */
export async function startSite({ script, proxyPath, files, headers = {} }: SiteOptions): Promise<Site> {
  const sink: MemorySink = memorySink();
  // A sandboxed frame has the origin "null".
  const proxy = createProxy({
    sink,
    allowedOrigins: (origin) => origin === "null",
    onProblem: () => undefined,
  });
  const taken = new Map<string, number>();
  const unanswered = new Set<string>();
  let posts = 0;
  const server = createServer((request, response) => void answer(request, response));
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const port = await listenOnFreePort(listen);
  const origin = `http://127.0.0.1:${port}`;
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const site: Site = {
    origin,
    conduct: "takes",
    taken,
    unanswered,
    get arrived() {
      return sink.events;
    },
    get posts() {
      return posts;
    },
    down,
    up: () => listen(port),
    stop: down,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?")[0] ?? "/";
    if (request.method === "GET") return serve(path, response);
    const body = await bodyOf(request);
    if (body === undefined) return; // The page gave up before it had sent everything.
    const marks = textOf(body, request).match(mark) ?? [];
    if (request.method === "POST") posts++;
    if (site.conduct === "refuses" && marks.length > 0) {
      response.writeHead(503, { "content-type": "application/json" }).end("{}");
      return;
    }
    const reply = path === proxyPath ? await forward(proxy, { request, body, origin }) : thanks();
    for (const found of marks) taken.set(found, (taken.get(found) ?? 0) + 1);
    if (site.conduct === "loses_answers" && marks.length > 0) {
      for (const found of marks) unanswered.add(found);
      response.destroy();
      return;
    }
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }

  function serve(path: string, response: ServerResponse): void {
    const { type, body } = files?.get(path) ?? fileAt(path, script);
    // A sandboxed frame, which is nobody's, may load modules only from who lets everybody.
    const shared = { "access-control-allow-origin": "*", "content-type": type };
    response.writeHead(200, { ...headers, ...shared }).end(body);
  }

  return site;
}

function fileAt(path: string, script: string): SiteFile {
  if (path === "/sdk.js") return { type: "text/javascript", body: script };
  // Peers ask for settings of theirs.
  if (path.includes(".") || path.startsWith("/api/")) return { type: "application/json", body: "{}" };
  const content =
    path === "/framing"
      ? `<iframe sandbox="allow-scripts" src="/framed"></iframe>`
      : `<script src="/sdk.js" crossorigin></script><h1>${path}</h1>`;
  return {
    type: "text/html",
    body: `<!doctype html><title>A page</title><link rel="icon" href="data:,">${content}`,
  };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What peers' servers say to what they take. */
function thanks(): Reply {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: `{"success":true,"status":1}`,
  };
}

interface Forwarded {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly origin: string;
}

async function forward(proxy: EventProxy, { request, body, origin }: Forwarded): Promise<Reply> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  // A sandboxed frame is nobody's: the proxy never lets it in, a host that wants to must do it by itself.
  const nobodys = headers.get("origin") === "null";
  const letIn = {
    "access-control-allow-origin": "null",
    "access-control-allow-headers": "content-type, content-encoding",
  };
  if (nobodys && request.method === "OPTIONS") return { status: 204, headers: letIn, body: "" };
  if (nobodys) for (const name of ["origin", "cookie", "sec-fetch-site"]) headers.delete(name);
  const method = request.method ?? "POST";
  const answer = await proxy.fetch(
    new Request(`${origin}${request.url ?? ""}`, {
      method,
      headers,
      ...(method === "POST" ? { body: new Uint8Array(body) } : {}),
    }),
  );
  return {
    status: answer.status,
    headers: { ...Object.fromEntries(answer.headers), ...(nobodys ? letIn : {}) },
    body: await answer.text(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer); // A request without an encoding gives buffers.
  } catch {
    return undefined; // The connection ended in the middle.
  }
  return Buffer.concat(chunks);
}

/** A body as text: some say in a header that it is compressed, some nowhere; a form holds base64. */
function textOf(body: Buffer, { headers }: IncomingMessage): string {
  if (body[0] === 0x1f && body[1] === 0x8b) return gunzipSync(body).toString("utf8");
  if (headers["content-encoding"] === "deflate") return inflateSync(body).toString("utf8");
  const form = new URLSearchParams(body.toString("utf8")).get("data");
  return form === null ? body.toString("utf8") : Buffer.from(form, "base64").toString("utf8");
}
