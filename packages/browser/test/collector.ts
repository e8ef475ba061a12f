/**
 * A small server for the tests of this package: it serves pages and takes events by the HTTP contract, as a proxy does,
 * and can be made to fail in every way that matters. What it took is kept.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import type { EventObject } from "@activity/core";
import { httpContract, parseEvent, receiptPrefix } from "@activity/core";
import { listenOnFreePort } from "../../../e2e/support/free-ports.ts";

/** One request for events, whatever became of it. */
export interface CollectedRequest {
  readonly contentType: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly batchId: string;
  readonly sentAt: string;
  readonly events: readonly EventObject[];
}

/** What a collector does instead of taking the events. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Collector {
  readonly origin: string;
  /** Where events are posted. */
  readonly url: string;
  readonly requests: readonly CollectedRequest[];
  /** Events taken, each time one came. */
  readonly events: readonly EventObject[];
  /** Asked before each request is answered; `undefined` takes the events, `"hang"` never answers. */
  refuse: (request: CollectedRequest) => Refusal | "hang" | undefined;
  /** Answers are given when it is resolved. The events are taken before. */
  held: Promise<unknown>;
  /** So many answers are not given, although the events were taken: the connection breaks. */
  loseAnswers: number;
  /** Asked of each valid event; a code rejects it. */
  reject: (event: EventObject) => string | undefined;
  /** Pages by path. */
  readonly pages: Map<
    string,
    { readonly type: string; readonly body: string; readonly headers?: Record<string, string> }
  >;
  /** What else it answers, by method and path: `GET /api/me`. */
  readonly routes: Map<string, (request: IncomingMessage, response: ServerResponse) => void>;
  /** Closes the port and every connection, as a server that was killed. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** The path of events. */
export const eventsPath = "/v1/events";

/** Starts a collector on a free port of this machine. */
export async function startCollector(): Promise<Collector> {
  const requests: CollectedRequest[] = [];
  const events: EventObject[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listenOnFreePort(listen);
  const origin = `http://127.0.0.1:${port}`;
  const collector: Collector = {
    origin,
    url: `${origin}${eventsPath}`,
    requests,
    events,
    refuse: () => undefined,
    held: Promise.resolve(),
    loseAnswers: 0,
    reject: () => undefined,
    pages: new Map(),
    routes: new Map(),
    down,
    up: () => listen(port),
    stop: down,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?")[0] ?? "/";
    if (path === eventsPath && request.method === "POST") return take(request, response);
    const route = collector.routes.get(`${request.method} ${path}`);
    if (route !== undefined) return route(request, response);
    const page = collector.pages.get(path);
    response.writeHead(page === undefined ? 404 : 200, {
      "content-type": page?.type ?? "text/plain",
      ...page?.headers,
    });
    response.end(page?.body ?? "nothing here");
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const collected = read(request, await bodyOf(request));
    if (collected === undefined) return; // The page gave up before it had sent everything.
    requests.push(collected);
    const refusal = collector.refuse(collected);
    if (refusal === "hang") return;
    if (refusal === undefined) return accept(collected, response);
    response.writeHead(refusal.status, refusal.headers);
    response.end(refusal.body);
  }

  function accept({ events: sent, batchId }: CollectedRequest, response: ServerResponse): void {
    const problems = sent.flatMap((event, index) => problemOf(event, index));
    const refused = new Set(problems.map(({ index }) => index));
    const valid = sent.filter((_, index) => !refused.has(index));
    const known = new Set(events.map(({ event_id }) => event_id));
    const duplicates = valid.filter(({ event_id }) => known.has(event_id)).length;
    events.push(...valid);
    const counts = { accepted: valid.length - duplicates, duplicates, rejected: refused.size, discarded: 0 };
    const receipt = `${receiptPrefix}${batchId}=1; Max-Age=600; SameSite=Strict; Path=/`;
    const status = valid.length > 0 ? httpContract.status.accepted : httpContract.status.noneValid;
    const respond = (): void => {
      response.writeHead(status, { "content-type": "application/json", "set-cookie": receipt });
      response.end(JSON.stringify({ ...counts, request_id: "r", problems }));
    };
    if (collector.loseAnswers-- > 0) response.destroy();
    else void collector.held.then(respond);
  }

  function problemOf(event: EventObject, index: number): readonly { index: number; code: string }[] {
    const code = parseEvent(event).problems?.[0]?.code ?? collector.reject(event);
    return code === undefined ? [] : [{ index, code }];
  }

  return collector;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer); // A request without an encoding gives buffers.
  } catch {
    return undefined; // The connection ended in the middle.
  }
  const bytes = Buffer.concat(chunks);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
}

function read({ headers }: IncomingMessage, body: string | undefined): CollectedRequest | undefined {
  if (body === undefined) return undefined;
  const wrapper = JSON.parse(body) as { batch_id: string; sent_at: string; events: EventObject[] }; // Our client's.
  return {
    headers,
    body,
    contentType: headers["content-type"] ?? "",
    batchId: wrapper.batch_id,
    sentAt: wrapper.sent_at,
    events: wrapper.events,
  };
}
