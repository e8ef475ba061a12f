import { request } from "node:http";

export interface HeldPost {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called when the server has the head of the request; the body is sent when it is done. */
  readonly between: () => Promise<void>;
}

/** A request that is certainly under way while something happens. */
export function holdPost({ url, headers = {}, body, between }: HeldPost): Promise<HeldAnswer> {
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body));
    const sent = request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": length,
        expect: "100-continue",
        ...headers,
      },
    });
    sent.once("error", reject);
    // A server of Node says by itself that it is ready for the body.
    sent.once("continue", () => {
      between().then(() => sent.end(body), reject);
    });
    sent.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.once("error", reject);
    });
    sent.flushHeaders();
  });
}

export interface HeldAnswer {
  readonly status: number;
  readonly text: string;
}

/** Resolves when nobody listens there any more. */
export async function untilRefused(address: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    try {
      await fetch(address);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${address} still answers`);
}
