import type { IncomingMessage } from "node:http";
import type { ProxyRequest, RequestBody } from "../request.ts";
import { nodeDecoders } from "./node-decoders.ts";

/** What a request of node:http, Express or Connect is to the proxy. Nothing is copied. */
export function fromNodeRequest(request: IncomingMessage): ProxyRequest {
  return {
    method: request.method ?? "",
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    body: () => bodyOf(request),
    decoders: nodeDecoders,
    native: request,
  };
}

/**
 * The body, wherever it is by now. A parser that had nothing to do may leave an empty `body` behind and the
 * stream untouched: then the stream counts.
 */
function bodyOf(request: IncomingMessage): RequestBody {
  // An encoding set on the stream makes it yield text that may have lost bytes.
  if (!request.readableDidRead && request.readableEncoding === null) {
    return { kind: "stream", chunks: request.iterator({ destroyOnReturn: false }) };
  }
  const body: unknown = "body" in request ? request.body : undefined;
  if (body === undefined) return { kind: "consumed" };
  // A Buffer, whichever realm it comes from.
  if (ArrayBuffer.isView(body)) {
    return { kind: "bytes", bytes: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  }
  return typeof body === "string" ? { kind: "text", text: body } : { kind: "value", value: body };
}
