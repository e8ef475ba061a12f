import { Buffer, isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { ProxyRequest, RequestBody } from "../request.ts";
import { nodeDecoders } from "./node-decoders.ts";

/** What a request of node:http, Express or Connect is to the proxy. Nothing is copied. `native` is what a framework made of it. */
export function fromNodeRequest(request: IncomingMessage, native: unknown = request): ProxyRequest {
  return {
    method: request.method ?? "",
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    body: () => bodyOf(request),
    decodeUtf8,
    decoders: nodeDecoders,
    get address() {
      return request.socket.remoteAddress;
    },
    native,
  };
}

/** The path as it was sent: Express takes the mount point off `url`. */
export function pathOf(request: IncomingMessage): string {
  const url = "originalUrl" in request ? String(request.originalUrl) : (request.url ?? "");
  return url.split("?", 1)[0] ?? "";
}

/**
 * The body, wherever it is by now. A parser that had nothing to do may leave an empty `body` behind and the
 * stream untouched: then the stream counts.
 */
function bodyOf(request: IncomingMessage): RequestBody {
  // An encoding set on the stream makes it yield text that may have lost bytes.
  if (!request.readableDidRead && request.readableEncoding === null) {
    return { kind: "stream", read: (take) => read(request, take) };
  }
  const body: unknown = "body" in request ? request.body : undefined;
  if (body === undefined) return { kind: "consumed" };
  // A Buffer, whichever realm it comes from.
  if (ArrayBuffer.isView(body)) {
    return { kind: "bytes", bytes: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  }
  return typeof body === "string" ? { kind: "text", text: body } : { kind: "value", value: body };
}

/** By events: an iterator over the same chunks costs a promise for each. */
function read(request: IncomingMessage, take: (chunk: Uint8Array) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // A parser in front may have seen the end of a body that was empty.
    if (request.readableEnded) return resolve();
    const onData = (chunk: Uint8Array): void => {
      try {
        take(chunk);
      } catch (error) {
        request.pause();
        end(() => reject(error));
      }
    };
    const onEnd = (): void => end(resolve);
    const onError = (error?: unknown): void =>
      end(() => reject(error ?? new Error("the connection was closed")));
    const end = (settle: () => void): void => {
      request.off("data", onData).off("end", onEnd).off("error", onError).off("close", onError);
      settle();
    };
    request.on("data", onData).on("end", onEnd).on("error", onError).on("close", onError);
  });
}

/** Faster than `TextDecoder`, with the same result: what is not valid gives a text in which something was replaced. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.includes("\uFFFD") && !isUtf8(bytes) ? undefined : text;
}
