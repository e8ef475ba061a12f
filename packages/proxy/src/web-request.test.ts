import { gzipSync } from "node:zlib";
import { memorySink } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { eventText, idsOf } from "../test/proxy-server.ts";
import { createProxy } from "./index.ts";

const url = "https://app.example.com/v1/events";

function request(body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}): Request {
  return new Request(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
    duplex: "half",
  } as RequestInit); // `duplex` is missing in some type definitions.
}

describe("fetch", () => {
  it("answers a request with a response", async () => {
    const sink = memorySink();
    const response = await createProxy({ sink, onProblem: () => undefined }).fetch(
      request(`[${eventText(1)},{}]`),
    );
    expect(response.status).toBe(202);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: 1 });
    expect(idsOf(sink)).toEqual(["id-1"]);
  });

  it("undoes gzip and deflate, under the cap", async () => {
    const sink = memorySink();
    const proxy = createProxy({ sink, allowedHosts: ["app.example.com"] });
    const send = async (body: Uint8Array<ArrayBuffer>, coding: string): Promise<number> => {
      const response = await proxy.fetch(request(body, { "content-encoding": coding }));
      await response.arrayBuffer();
      return response.status;
    };
    expect(await send(new Uint8Array(gzipSync(eventText(1))), "gzip")).toBe(202);
    expect(await send(new Uint8Array(gzipSync(Buffer.alloc(64 << 20))), "gzip")).toBe(413);
    expect(await send(new Uint8Array(gzipSync(eventText(1)).subarray(0, -9)), "gzip")).toBe(400);
    expect(await send(new Uint8Array(gzipSync(eventText(1))), "zstd")).toBe(415);
    expect(idsOf(sink)).toEqual(["id-1"]);
    expect(proxy.heldBytes).toBe(0);
  });

  it("says that a body was consumed, that there is none, and that it broke off", async () => {
    const proxy = createProxy({ sink: memorySink(), onProblem: () => undefined });
    const used = request(eventText(1));
    await used.text();
    expect((await proxy.fetch(used)).status).toBe(500);
    const none = await proxy.fetch(new Request(url, { method: "POST" }));
    expect(await none.json()).toMatchObject({ status: 400, code: "no_events" });
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const answer = await proxy.fetch(request(broken));
    expect(await answer.json()).toMatchObject({ status: 400, code: "body_incomplete" });
  });

  it("stops reading a body that is too large", async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => {
        cancelled = true;
      },
    });
    const response = await createProxy({ sink: memorySink() }).fetch(request(endless));
    expect(response.status).toBe(413);
    expect(cancelled).toBe(true);
  });

  it("has no body in the answer to a preflight", async () => {
    const headers = { origin: "https://app.example.com", "access-control-request-method": "POST" };
    const response = await createProxy({ sink: memorySink() }).fetch(
      new Request(url, { method: "OPTIONS", headers }),
    );
    expect([response.status, response.body]).toEqual([204, null]);
  });
});

describe("createProxy", () => {
  it.each([0, -1, Number.NaN])("refuses a limit of %d", (maxEvents) => {
    expect(() => createProxy({ sink: memorySink(), limits: { maxEvents } })).toThrow("limits.maxEvents");
  });
});
