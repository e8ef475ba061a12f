import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { freePort } from "../../../e2e/support/free-ports.ts";

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The events' texts. */
  readonly texts: readonly string[];
}

/**
 * What the server does with a request: answer a status, with a body or headers if given · `reset`: break the
 * connection without taking the events · `lost`: take them, then break it · `stall`: take them and answer
 * when healed.
 */
export type Behaviour =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly takes?: boolean;
    }
  | "reset"
  | "lost"
  | "stall";

/** A real HTTP server that does what a test tells it. */
export interface TestIntake {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The texts of every event taken, repeats too. */
  readonly arrived: readonly string[];
  /** What is done with the next requests, one after the other; then 202. */
  script: Behaviour[];
  /** What is done with every request; goes before the script. */
  always: ((request: SeenRequest) => Behaviour | undefined) | undefined;
  /** Answers what was stalled, and stalls no more. */
  heal(): void;
  /** Forgets what has arrived. */
  forget(): void;
  close(): Promise<void>;
}

const accepted: Behaviour = { status: 202, body: { accepted: 1 } };

/** Starts a server on 127.0.0.1, on a free port or the given one. */
export async function startTestIntake(port = 0): Promise<TestIntake> {
  const requests: SeenRequest[] = [];
  const arrived: string[] = [];
  const stalled: (() => void)[] = [];
  const server = createServer((request, response) => {
    void readTexts(request).then((texts) => {
      const seen = { method: request.method, headers: request.headers, texts };
      requests.push(seen);
      act(intake.always?.(seen) ?? intake.script.shift() ?? accepted, texts, response);
    });
  });

  function act(behaviour: Behaviour, texts: readonly string[], response: ServerResponse): void {
    if (behaviour === "reset") {
      response.socket?.resetAndDestroy();
      return;
    }
    const takes = typeof behaviour === "string" || (behaviour.takes ?? behaviour.status < 300);
    if (takes) arrived.push(...texts);
    if (behaviour === "lost") response.socket?.resetAndDestroy();
    else if (behaviour === "stall") stalled.push(() => act(accepted, [], response));
    else {
      const { status, body = {}, headers = {} } = behaviour;
      const json = typeof body === "string" ? {} : { "content-type": "application/json" };
      response.writeHead(status, { ...json, ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    }
  }

  const intake: TestIntake = {
    url: "",
    requests,
    arrived,
    script: [],
    always: undefined,
    heal: () => {
      intake.always = undefined;
      intake.script = [];
      for (const answer of stalled.splice(0)) answer();
    },
    forget: () => {
      arrived.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo; // It listens on a port, not on a pipe.
  return Object.assign(intake, { url: `http://127.0.0.1:${bound}/v1/events` });
}

/** The address of a port on which nothing listens. */
export async function unusedUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}/v1/events`;
}

async function readTexts(request: IncomingMessage): Promise<readonly string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // No encoding is set.
  const body = Buffer.concat(chunks);
  const decode = { gzip: gunzipSync, zstd: zstdDecompressSync, identity: (bytes: Buffer) => bytes };
  const bytes = decode[(request.headers["content-encoding"] ?? "identity") as keyof typeof decode](body); // What clients here use.
  return bytes.toString("utf8").split("\n").filter(Boolean);
}
