import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import type { EventProxy } from "../create-proxy.ts";
import { nodeHandler } from "./node-handler.ts";
import { checkServerOptions } from "./node-options.ts";
import { pathOf } from "./node-request.ts";
import { answerNotFound } from "./not-found.ts";

/** Options of {@link createNodeServer}. */
export interface NodeServerOptions {
  /** @defaultValue "127.0.0.1" */
  readonly host?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  /** The path of events. @defaultValue "/v1/events" */
  readonly path?: string | undefined;
  /** Answers every other path, or passes it on to the 404 that names the path of events. @defaultValue that 404 */
  readonly otherwise?:
    | ((request: IncomingMessage, response: ServerResponse, notFound: () => void) => void)
    | undefined;
  readonly limits?: { readonly [K in keyof NodeServerLimits]?: NodeServerLimits[K] | undefined } | undefined;
  readonly clock?: Clock | undefined;
}

/** What only a server can bound. */
export interface NodeServerLimits {
  /** Time for the headers of a request. @defaultValue 10,000 */
  readonly headersTimeoutMs: number;
  /** Time for a whole request; the proxy answers a slow body before. @defaultValue 30,000 */
  readonly requestTimeoutMs: number;
  /** How long an idle connection stays open: longer than the 60 s of usual load balancers. @defaultValue 75,000 */
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
}

/** The defaults of {@link NodeServerLimits}. */
export const nodeServerLimits: NodeServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 75_000,
  maxHeaderBytes: 16_384,
  maxConnections: 4_096,
};

/** How a server stops. */
export interface NodeServerCloseOptions {
  /** How long it answers as before while whoever balances load takes notice. @defaultValue 5,000 */
  readonly graceMs?: number | undefined;
  /** How long requests under way may take after that. @defaultValue 10,000 */
  readonly timeoutMs?: number | undefined;
}

/** A listening server round a proxy. */
export interface NodeServer {
  /** Whether it takes requests: false from the first moment of `close`, for readiness checks. */
  readonly ready: boolean;
  /** Starts to listen; gives the address for events. Rejects where the port is taken. */
  listen(): Promise<string>;
  /**
   * Drains: not ready, but answers as before and closes connections, for `graceMs`; then 503, no new
   * connections, and the end of requests under way. The sink is the host's to close, after this.
   * A second call returns the first one's promise.
   */
  close(options?: NodeServerCloseOptions): Promise<void>;
}

/**
 * Makes a server that answers events on one path, with the time-outs and bounds that a handler cannot set.
 *
 * @throws INVALID_OPTION for what is no proxy, and an option that is none or cannot be.
 */
export function createNodeServer(proxy: EventProxy, options: NodeServerOptions): NodeServer {
  checkServerOptions(proxy, options);
  return new DrainingServer(proxy, options);
}

class DrainingServer implements NodeServer {
  readonly #proxy: EventProxy;
  readonly #options: NodeServerOptions;
  readonly #server: Server;
  #listening = false;
  #closing: Promise<void> | undefined;

  constructor(proxy: EventProxy, options: NodeServerOptions) {
    const limits = completeLimits(options.limits);
    this.#proxy = proxy;
    this.#options = options;
    this.#server = createServer(
      {
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveMs,
        maxHeaderSize: limits.maxHeaderBytes,
        connectionsCheckingInterval: 1_000,
      },
      this.#listener(),
    );
    this.#server.maxConnections = limits.maxConnections;
  }

  get ready(): boolean {
    return this.#listening && this.#closing === undefined;
  }

  listen(): Promise<string> {
    const { host = "127.0.0.1", port, path = defaultPath } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        this.#listening = true;
        const { port: bound } = this.#server.address() as AddressInfo; // A server on a port has no other kind of address.
        resolve(`http://${host.includes(":") ? `[${host}]` : host}:${bound}${path}`);
      });
    });
  }

  close(options: NodeServerCloseOptions = {}): Promise<void> {
    this.#closing ??= this.#drain(options);
    return this.#closing;
  }

  #listener(): RequestListener {
    const { path = defaultPath, otherwise } = this.#options;
    const handler = nodeHandler(this.#proxy);
    return (request, response) => {
      response.setHeader("x-content-type-options", "nosniff");
      if (this.#closing !== undefined) response.setHeader("connection", "close");
      const notFound = (): void => answerNotFound(request, response, path);
      if (pathOf(request) === path) handler(request, response);
      else if (otherwise === undefined) notFound();
      else otherwise(request, response, notFound);
    };
  }

  async #drain({ graceMs = 5_000, timeoutMs = 10_000 }: NodeServerCloseOptions): Promise<void> {
    const { clock = systemClock } = this.#options;
    if (!this.#listening) return;
    await clock.sleep(graceMs);
    this.#proxy.drain();
    const stopped = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    const timer = clock.setTimer(() => this.#server.closeAllConnections(), timeoutMs);
    await stopped;
    timer.cancel();
  }
}

const defaultPath = "/v1/events";

/** A limit that is given as undefined has its default. */
function completeLimits(given: NodeServerOptions["limits"]): NodeServerLimits {
  return {
    headersTimeoutMs: given?.headersTimeoutMs ?? nodeServerLimits.headersTimeoutMs,
    requestTimeoutMs: given?.requestTimeoutMs ?? nodeServerLimits.requestTimeoutMs,
    keepAliveMs: given?.keepAliveMs ?? nodeServerLimits.keepAliveMs,
    maxHeaderBytes: given?.maxHeaderBytes ?? nodeServerLimits.maxHeaderBytes,
    maxConnections: given?.maxConnections ?? nodeServerLimits.maxConnections,
  };
}
