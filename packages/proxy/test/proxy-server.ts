import { connect } from "node:net";
import type { ActivityEvent, MemorySink, Sink, WriteOptions, WriteOutcome } from "@activity/core";
import { memorySink } from "@activity/core";
import type { EventProxy, Principal, ProxyOptions, ProxyProblem } from "../src/index.ts";
import { createProxy } from "../src/index.ts";
import type { NodeServerLimits } from "../src/node/index.ts";
import { createNodeServer } from "../src/node/index.ts";

/** A proxy on a real port. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly proxy: EventProxy;
  /** What arrived at the sink, unless the test brought its own. */
  readonly sink: MemorySink;
  readonly problems: ProxyProblem[];
  post(body: string | Uint8Array, headers?: Record<string, string>): Promise<Answer>;
}

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes.
  readonly json: any;
}

const open: (() => Promise<void>)[] = [];

/** Starts a server; {@link stopServers} ends it. */
export async function startServer<P extends Principal>(
  options: Partial<ProxyOptions<P>> = {},
  limits: Partial<NodeServerLimits> = {},
): Promise<TestServer> {
  const sink = memorySink();
  const problems: ProxyProblem[] = [];
  const proxy = createProxy<P>({ sink, onProblem: (problem) => problems.push(problem), ...options });
  const server = createNodeServer(proxy, { port: 0, limits });
  const url = await server.listen();
  open.push(() => server.close({ graceMs: 0, timeoutMs: 200 }));
  return {
    url,
    port: Number(new URL(url).port),
    proxy,
    sink,
    problems,
    post: (body, headers) => post(url, body, headers),
  };
}

/** Something else to end with the servers. */
export function onStop(stop: () => Promise<void>): void {
  open.push(stop);
}

export async function stopServers(): Promise<void> {
  await Promise.all(open.splice(0).map((stop) => stop()));
}

export async function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = { "content-type": "application/x-ndjson" },
): Promise<Answer> {
  const response = await fetch(url, { method: "POST", body: body as Uint8Array<ArrayBuffer>, headers });
  return readAnswer(response);
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === "" ? undefined : JSON.parse(text),
  };
}

/** The text of a good event. */
export function eventText(id: number | string, attributes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_id: `id-${id}`,
    event_time: "2026-01-02T03:04:05.678Z",
    event_type: "behavioral",
    event_name: "click",
    ...attributes,
  });
}

/** Ids of what a sink got, in order. */
export function idsOf(sink: MemorySink): string[] {
  return sink.events.map(({ event_id }) => event_id);
}

/** Sends bytes over a plain socket and gives what came back when the server closed it. */
export function sendRaw(
  port: number,
  parts: readonly (string | Uint8Array)[],
  options: { readonly end?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    const finish = (): void => {
      socket.destroy();
      resolve(received);
    };
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", finish);
    socket.on("error", (error) => (received === "" ? reject(error) : finish()));
    for (const part of parts) socket.write(part);
    if (options.end) socket.end();
  });
}

/** The head of a POST. */
export function postHead(headers: Record<string, string | number>): string {
  const lines = Object.entries({
    Host: "localhost",
    "Content-Type": "application/x-ndjson",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /v1/events HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Status codes of the answers in some bytes. */
export function statusesOf(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}

/** A sink whose writes a test answers. */
export interface HeldSink extends Sink {
  readonly writes: {
    readonly events: readonly ActivityEvent[];
    readonly options: WriteOptions | undefined;
    answer(outcome: WriteOutcome): void;
  }[];
}

export function heldSink(): HeldSink {
  const writes: HeldSink["writes"] = [];
  return {
    ...memorySink(),
    writes,
    write: (events, options) =>
      new Promise((resolve) => {
        writes.push({ events, options, answer: resolve });
      }),
  };
}

/** Waits for a condition that something else brings about. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("the condition was not met within a minute");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
