/** Clients that break off, dawdle, pipeline or contradict themselves: nothing of theirs is half taken, and nobody else notices. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  eventText,
  exchange,
  type HttpProxy,
  head,
  startHttpProxy,
  statusesOf,
  stopHttpProxies,
} from "./support/http-proxy.ts";

let proxy: HttpProxy;
beforeAll(async () => {
  proxy = await startHttpProxy();
});
afterAll(stopHttpProxies);

const close = { Connection: "close" };

async function post(body: string, to = proxy): Promise<number> {
  return (await fetch(to.url, { method: "POST", body, headers: { "content-type": "application/x-ndjson" } }))
    .status;
}

/** Whether an id was written, or begins any that was. */
async function wasWritten(prefix: string): Promise<readonly string[]> {
  return (await proxy.state()).ids.filter((id) => id.startsWith(prefix));
}

async function holdsNothing(of = proxy): Promise<void> {
  while ((await of.state()).heldBytes > 0);
}

describe("a client", () => {
  it("that resets in the middle of a body leaves nothing", async () => {
    const event = eventText("reset.1");
    for (let round = 0; round < 50; round++) {
      await new Promise<void>((resolve) => {
        const socket = connect(proxy.port, "127.0.0.1", () => {
          socket.write(head({ "Content-Length": event.length + 10 }) + event, () => socket.resetAndDestroy());
        });
        socket.once("error", () => undefined);
        socket.once("close", () => resolve());
      });
    }
    await holdsNothing();
    expect(await wasWritten("reset.")).toEqual([]);
    expect(await post(eventText("after-reset.1"))).toBe(202);
  });

  it("that dawdles over its body is answered 408 and cut off, while others are served", async () => {
    const hasty = await startHttpProxy({ bodyTimeoutMs: 1_000 });
    const slow = exchange(hasty.port, [head({ "Content-Length": 1_000 }), eventText("slow.1")]);
    expect(await post(eventText("beside-slow.1"), hasty)).toBe(202);
    const received = await slow;
    expect(statusesOf(received)).toEqual([408]);
    expect(received).toContain("limits.bodyTimeoutMs");
    expect((await hasty.state()).ids).toEqual(["beside-slow.1"]);
    await holdsNothing(hasty);
  });

  it("that pipelines gets its answers in order", async () => {
    const requests = Array.from({ length: 20 }, (_, n) => {
      const body = n % 5 === 4 ? "{}" : eventText(`pipe.${n + 1}`);
      return head({ "Content-Length": body.length, ...(n === 19 ? close : {}) }) + body;
    });
    const statuses = statusesOf(await exchange(proxy.port, [requests.join("")]));
    expect(statuses).toEqual(requests.map((_, n) => (n % 5 === 4 ? 422 : 202)));
    expect(await wasWritten("pipe.")).toHaveLength(16);
  });

  it.each([
    ["a length and chunks", { "Content-Length": 5, "Transfer-Encoding": "chunked" }],
    ["two lengths", { "Content-Length": 5, "content-length": 6 }],
    ["a length that is none", { "Content-Length": "5, 6" }],
    ["chunks under another name", { "Transfer-Encoding": "xchunked" }],
  ])("that declares %s is refused, and what follows is no request", async (_, headers) => {
    const smuggled = eventText("smuggled.1");
    const parts = [
      head(headers),
      `0\r\n\r\n${head({ "Content-Length": smuggled.length, ...close })}${smuggled}`,
    ];
    const statuses = statusesOf(await exchange(proxy.port, parts));
    expect(statuses).toEqual([400]);
    expect(await wasWritten("smuggled.")).toEqual([]);
  });

  it("that sends 100 KB of headers is refused", async () => {
    expect(statusesOf(await exchange(proxy.port, [head({ "X-Large": "x".repeat(100_000) })]))).toEqual([431]);
  });

  it("that asks for leave to go on gets it only where its length is allowed", async () => {
    const event = eventText("continue.1");
    const asking = { Expect: "100-continue", ...close };
    const received = await exchange(proxy.port, [head({ "Content-Length": event.length, ...asking }), event]);
    expect(statusesOf(received)).toEqual([100, 202]);
  });
});

describe("two clients", () => {
  it("with the same events at once are both told success, and each event is written once", async () => {
    const body = Array.from({ length: 200 }, (_, n) => eventText(`both.${n + 1}`)).join("\n");
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const response = await fetch(proxy.url, {
          method: "POST",
          body,
          headers: { "content-type": "application/x-ndjson" },
        });
        return (await response.json()) as { accepted: number; duplicates: number }; // Of the contract.
      }),
    );
    for (const { accepted, duplicates } of answers) expect(accepted + duplicates).toBe(200);
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(200);
    expect(await wasWritten("both.")).toHaveLength(200);
  });

  it("that are two tabs of one page get a receipt each, for their own batch", async () => {
    const cookies = await Promise.all(
      ["tab-one-123456789", "tab-two-123456789"].map(async (batch) => {
        const body = `{"batch_id":"${batch}","events":[${eventText(`${batch}.1`)}]}`;
        const headers = { origin: "https://app.example.com", "content-type": "text/plain" };
        return (await fetch(proxy.url, { method: "POST", body, headers })).headers.get("set-cookie");
      }),
    );
    expect(cookies).toEqual([
      "activity_receipt_tab-one-123456789=1; Max-Age=600; SameSite=Strict; Path=/; Secure",
      "activity_receipt_tab-two-123456789=1; Max-Age=600; SameSite=Strict; Path=/; Secure",
    ]);
  });
});
