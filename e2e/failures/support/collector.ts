import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { listenOnFreePort } from "../../support/free-ports.ts";
import type { Answer, Arrival, FinalStore } from "./final-store.ts";

/** One request as it came. */
export interface CollectedRequest {
  /** Its place among all requests, from 0. */
  readonly nth: number;
  /** How long after the first it came, in milliseconds. */
  readonly sinceFirstMs: number;
  readonly arrivals: readonly Arrival[];
}

/**
 * What becomes of a request: `take` its events and answer, `afterMs` later or `when` something is so · `refuse` it
 * with an answer · `lose` the answer: take the events, then break the connection · `reset` the connection ·
 * `hang`: neither take nor answer.
 */
export type Act =
  | { readonly act: "take"; readonly afterMs?: number; readonly when?: Promise<unknown> }
  | { readonly act: "refuse"; readonly answer: Answer }
  | { readonly act: "lose" | "reset" | "hang" };

/** Decides what becomes of each request. */
export type Behaviour = (request: CollectedRequest) => Act;

/** A real HTTP server that takes events into a store, and fails as it is told. */
export interface Collector {
  readonly url: string;
  readonly requests: readonly CollectedRequest[];
  /** What was taken off the wire, repeats too. */
  readonly taken: readonly Arrival[];
  behave(behaviour: Behaviour): void;
  /** Closes the port and breaks every connection. */
  down(): Promise<void>;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Takes everything and answers at once. */
export const healthy: Behaviour = () => ({ act: "take" });

/** Starts a collector over a store. It is up and healthy. */
export async function startCollector(store: FinalStore): Promise<Collector> {
  const requests: CollectedRequest[] = [];
  const taken: Arrival[] = [];
  let behaviour = healthy;
  let firstAt: number | undefined;
  const server = createServer((request, response) => {
    const at = performance.now();
    firstAt ??= at;
    const sinceFirstMs = at - firstAt;
    // A sender that breaks off has sent nothing.
    void readText(request).then(
      (text) => handle(text, sinceFirstMs, response),
      () => response.destroy(),
    );
  });

  async function handle(text: string, sinceFirstMs: number, response: ServerResponse): Promise<void> {
    const request = { nth: requests.length, sinceFirstMs, arrivals: store.arrivalsIn(text) };
    requests.push(request);
    const act = behaviour(request);
    if (act.act === "hang") return;
    if (act.act === "refuse") return send(store.refusal?.(act.answer) ?? act.answer, response);
    if (act.act !== "reset") {
      taken.push(...request.arrivals);
      const answer = await store.take(text);
      if (act.act === "take") {
        await act.when;
        if (act.afterMs !== undefined) await sleep(act.afterMs, undefined, { ref: false });
        return send(answer, response);
      }
    }
    response.socket?.resetAndDestroy();
  }

  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  const port = await listenOnFreePort(listen);
  return {
    url: `http://127.0.0.1:${port}/v1/events`,
    requests,
    taken,
    behave: (next) => {
      behaviour = next;
    },
    down,
    up: () => listen(port),
    close: down,
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // No encoding is set.
  const body = Buffer.concat(chunks);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
}

function send({ status, headers = {}, body = "" }: Answer, response: ServerResponse): void {
  response.writeHead(status, headers);
  response.end(body);
}
