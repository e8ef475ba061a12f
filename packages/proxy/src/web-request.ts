import type { ProxyAnswer } from "./answer.ts";
import type { ProxyRequest, RequestBody } from "./request.ts";
import { webDecoders } from "./web-decoders.ts";

/** The `Request` of whatever runtime the program is compiled for. */
export type WebRequest = typeof globalThis extends { Request: { prototype: infer R } } ? R : never;

/** The `Response` of whatever runtime the program is compiled for. */
export type WebResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : never;

/** What a request of the Fetch standard is to the proxy. */
export function fromWebRequest(request: WebRequest): ProxyRequest {
  return {
    method: request.method,
    header: (name) => request.headers.get(name) ?? (name === "host" ? new URL(request.url).host : undefined),
    body: () => bodyOf(request),
    decoders: webDecoders,
    native: request,
  };
}

/** An answer as the Fetch standard has it. */
export function toWebResponse({ status, headers, body }: ProxyAnswer): WebResponse {
  return new Response(body === "" ? null : body, { status, headers });
}

function bodyOf(request: WebRequest): RequestBody {
  if (request.bodyUsed) return { kind: "consumed" };
  return request.body === null
    ? { kind: "bytes", bytes: new Uint8Array() }
    : { kind: "stream", read: readerOf(request.body.getReader()) };
}

function readerOf(reader: {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}): (take: (chunk: Uint8Array) => void) => Promise<void> {
  return async (take) => {
    let ended = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (value !== undefined) take(value);
      }
      ended = true;
    } finally {
      // What was not wanted must not be sent on by the runtime; whether it can be stopped is no matter.
      if (!ended) await Promise.allSettled([reader.cancel()]);
    }
  };
}
