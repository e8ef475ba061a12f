import { memorySink } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import {
  eventText,
  postHead,
  readAnswer,
  sendRaw,
  startServer,
  statusesOf,
  stopServers,
} from "../test/proxy-server.ts";
import { createProxy } from "./index.ts";

afterEach(stopServers);

const app = "https://app.example.com";
const preflight = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type",
};

/** Over a plain socket: `fetch` lets nobody set `Host` and `Sec-Fetch-Site`. */
function send(port: number, headers: Record<string, string>, body = eventText(1)): Promise<string> {
  return sendRaw(port, [
    postHead({ "Content-Length": Buffer.byteLength(body), Connection: "close", ...headers }),
    body,
  ]);
}

describe("a page of an allowed origin", () => {
  it("gets its preflight granted, and nothing is written", async () => {
    const { url, sink } = await startServer({ allowedOrigins: [app], authenticate: () => null });
    const response = await fetch(url, { method: "OPTIONS", headers: { origin: app, ...preflight } });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": app,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "authorization, content-encoding, content-type, activity-sent-at",
      "access-control-max-age": "7200",
      vary: "Origin",
    });
    expect(sink.texts).toEqual([]);
  });

  it("can read every answer, errors too", async () => {
    const { url } = await startServer({ allowedOrigins: (origin) => origin === app });
    for (const [body, type, status] of [
      [eventText(1), "text/plain", 202],
      ["{}", "application/json", 422],
      ["", "application/json", 400],
      ["", "text/html", 415],
    ] as const) {
      const headers = { origin: app, "content-type": type };
      const response = await fetch(url, { method: "POST", body, headers });
      expect(response.status).toBe(status);
      expect(response.headers.get("access-control-allow-origin")).toBe(app);
      expect(response.headers.get("vary")).toBe("Origin");
    }
    const got = await fetch(url, { headers: { origin: app } });
    expect([got.status, got.headers.get("access-control-allow-origin")]).toEqual([405, app]);
  });
});

describe("a function that tells allowed origins", () => {
  it("may throw: the answer is 500 and grants nothing", async () => {
    const { url, problems } = await startServer({
      allowedOrigins: () => {
        throw new Error("no list");
      },
    });
    const response = await fetch(url, { method: "POST", body: eventText(1), headers: { origin: app } });
    expect(await readAnswer(response)).toMatchObject({ status: 500, json: { code: "internal" } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(problems).toMatchObject([{ code: "failed" }]);
  });
});

describe("a page of a foreign origin", () => {
  it.each(["https://evil.example", "null", "https://app.example.com.evil.example", "http://app.example.com"])(
    "%s is refused by name, without a grant",
    async (origin) => {
      const { url, sink, problems } = await startServer({ allowedOrigins: [app] });
      for (const method of ["POST", "OPTIONS"]) {
        const body = method === "POST" ? eventText(1) : null;
        const headers = { origin, "content-type": "text/plain", ...preflight };
        const response = await fetch(url, { method, body, headers });
        expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
        const { status, json } = await readAnswer(response);
        expect(status).toBe(403);
        expect(json).toMatchObject({ code: "origin_refused" });
        expect(json.detail).toContain(origin);
        expect(json.detail).toContain("allowedOrigins");
      }
      expect(problems).toHaveLength(2);
      expect(sink.texts).toEqual([]);
    },
  );
});

describe("a page of the server's own origin", () => {
  it("may send without being listed", async () => {
    const { port, sink } = await startServer();
    const own = `http://localhost:${port}`;
    const answers = [
      await send(port, { Host: `localhost:${port}`, Origin: own, "Sec-Fetch-Site": "same-origin" }),
      await send(port, { Host: `localhost:${port}`, Origin: own }, eventText(2)),
    ];
    for (const answer of answers) expect(statusesOf(answer)).toEqual([202]);
    expect(sink.texts).toHaveLength(2);
    const forged = await send(port, {
      Host: `localhost:${port}`,
      Origin: own,
      "Sec-Fetch-Site": "cross-site",
    });
    expect(statusesOf(forged)).toEqual([403]);
  });

  it("is not asked for by a server of loopback names under another name", async () => {
    const { port, sink } = await startServer({ allowedHosts: "loopback" });
    const rebound = {
      Origin: "http://evil.example:80",
      Host: "evil.example:80",
      "Sec-Fetch-Site": "same-origin",
    };
    expect(statusesOf(await send(port, rebound))).toEqual([403]);
    expect(sink.texts).toEqual([]);
    for (const host of ["localhost:5173", "127.0.0.1", "[::1]:80"]) {
      expect(statusesOf(await send(port, { Host: host }))).toEqual([202]);
    }
  });
});

describe("allowedHosts", () => {
  it("are names without ports and without case", async () => {
    const { port } = await startServer({ allowedHosts: ["Events.example.com"] });
    const status = async (host: string): Promise<number[]> => statusesOf(await send(port, { Host: host }));
    expect(await status("events.example.com")).toEqual([202]);
    expect(await status("EVENTS.example.com:8080")).toEqual([202]);
    expect(await status("example.com")).toEqual([403]);
  });
});

describe("a request with a cookie", () => {
  it("needs an origin that a browser vouches for", async () => {
    const { port } = await startServer({ allowedOrigins: [app], authenticate: () => ({}) });
    const status = async (headers: Record<string, string>): Promise<number[]> =>
      statusesOf(await send(port, { Cookie: "session=1", ...headers }));
    expect(await status({})).toEqual([403]);
    expect(await status({ Origin: app })).toEqual([202]);
    expect(await status({ "Sec-Fetch-Site": "same-origin" })).toEqual([202]);
    expect(await status({ "Sec-Fetch-Site": "cross-site" })).toEqual([403]);
    expect(await status({ Authorization: "Bearer key" })).toEqual([202]);
  });
});

describe("a receipt", () => {
  const batch = "batch-1234567890";
  const wrapper = (events: string, id: unknown = batch): string =>
    JSON.stringify({ batch_id: id, events: JSON.parse(events) });
  const receipt = async (body: string, origin?: string): Promise<string | null> => {
    const { url } = await startServer({ allowedOrigins: [app, "http://localhost:3000"] });
    const headers = { "content-type": "text/plain", ...(origin === undefined ? {} : { origin }) };
    const response = await fetch(url, { method: "POST", body, headers });
    await response.arrayBuffer();
    return response.headers.get("set-cookie");
  };

  it("is left in the browser of an allowed page when its batch was taken", async () => {
    const cookie = `activity_receipt_${batch}=1; Max-Age=600; SameSite=Strict; Path=/`;
    expect(await receipt(wrapper(`[${eventText(1)}]`), app)).toBe(`${cookie}; Secure`);
    expect(await receipt(wrapper(`[${eventText(1)}]`), "http://localhost:3000")).toBe(cookie);
  });

  it("is not given without an origin, a batch id that can be a cookie's name, or a success", async () => {
    expect(await receipt(wrapper(`[${eventText(1)}]`))).toBeNull();
    expect(await receipt(wrapper(`[${eventText(1)}]`, "a; b=c; Domain=x.yz"), app)).toBeNull();
    expect(await receipt(wrapper(`[${eventText(1)}]`, 7), app)).toBeNull();
    expect(await receipt(wrapper("[{}]"), app)).toBeNull();
  });
});

describe("allowedOrigins", () => {
  it.each(["*", "null", "app.example.com", "https://app.example.com/", ""])("cannot hold %j", (origin) => {
    expect(() => createProxy({ sink: memorySink(), allowedOrigins: [origin] })).toThrow("exact origin");
  });
});
