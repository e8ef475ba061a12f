import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProxyAnswer } from "../answer.ts";
import type { EventProxy } from "../create-proxy.ts";
import { checkHandlerOptions } from "./node-options.ts";
import { fromNodeRequest, pathOf } from "./node-request.ts";
import { answerNotFound } from "./not-found.ts";

/** A handler for node:http, Express and Connect, mounted with `use` or `post`. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

/** Options of {@link nodeHandler}. */
export interface NodeHandlerOptions {
  /**
   * The one path that is answered here; others are passed on to `next`, or answered with 404 where there is
   * none. @defaultValue every path that the host mounts the handler at
   */
  readonly path?: string | undefined;
}

/**
 * Makes a handler of a proxy. A body that `express.json`, `express.text` or `express.raw` has parsed is read
 * from `request.body`; `express.json` has rounded large integers by then, so mount the handler before it.
 *
 * Waits for bodies as long as the proxy's limits say; how long headers may take and how large they may be is
 * the server's: see {@link createNodeServer}.
 *
 * @throws INVALID_OPTION for what is no proxy, and a path that does not begin with `/`.
 */
export function nodeHandler(proxy: EventProxy, options: NodeHandlerOptions = {}): NodeHandler {
  checkHandlerOptions(proxy, options);
  const { path } = options;
  return (request, response, next) => {
    if (path !== undefined && pathOf(request) !== path) {
      if (next === undefined) answerNotFound(request, response, path);
      else next();
      return;
    }
    void proxy.handle(fromNodeRequest(request)).then((answer) => send(request, response, answer));
  };
}

function send(request: IncomingMessage, response: ServerResponse, answer: ProxyAnswer): void {
  // The client may be gone, or the host's own time-out may have answered.
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.body === "" ? {} : { "content-length": Buffer.byteLength(answer.body) }),
  });
  response.end(answer.body);
  // A body that was refused half-way is read off, so that its sender can read the answer; the time for it is the server's.
  if (!request.readableEnded) request.resume();
}
