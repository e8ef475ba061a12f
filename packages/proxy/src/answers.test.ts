import { gzipSync } from "node:zlib";
import { httpContract } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import { eventText, idsOf, post, startServer, stopServers } from "../test/proxy-server.ts";

afterEach(stopServers);

const json = { "content-type": "application/json" };

describe("the answer to a request", () => {
  it("is 202 with four counts that add up, when one event was valid", async () => {
    const { post: send, sink } = await startServer();
    const { status, json: body } = await send([eventText(1), '{"a":1}', eventText(2)].join("\n"));
    expect(status).toBe(202);
    expect(body).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: 1,
      discarded: 0,
      request_id: expect.stringMatching(/^[\da-z]{16}$/),
      problems: [
        {
          index: 1,
          pointer: "/event_id",
          code: "missing_field",
          detail: expect.stringContaining("event_name"),
        },
      ],
    });
    expect(idsOf(sink)).toEqual(["id-1", "id-2"]);
  });

  it("names an event by its id where it can be read", async () => {
    const { post: send } = await startServer();
    const bad = { event_id: "x1", event_time: "yesterday", event_type: "log", event_name: "a" };
    const { json: body } = await send(`${eventText(1)}\n${JSON.stringify(bad)}`);
    expect(body.problems).toMatchObject([
      { index: 1, event_id: "x1", code: "bad_time", pointer: "/event_time" },
    ]);
  });

  it("lists 100 problems and counts the others", async () => {
    const { post: send } = await startServer();
    const { json: body } = await send(`${eventText(1)}\n${"{}\n".repeat(120)}`);
    expect(body.problems).toHaveLength(httpContract.maxProblems);
    expect(body).toMatchObject({ accepted: 1, rejected: 120, problems_omitted: 20 });
  });

  it("is 422 with problems when no event was valid, and nothing is written", async () => {
    const { post: send, sink } = await startServer();
    const { status, headers, json: body } = await send('[{"a":1},{"b":2}]', json);
    expect(status).toBe(422);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({ status: 422, code: "none_valid", problems: [{ index: 0 }, { index: 1 }] });
    expect(sink.texts).toEqual([]);
  });

  it.each([
    ["", json, "no_events", 0],
    ["[]", json, "no_events", 2],
    ['{"events":[]}', json, "no_events", 13],
    [" \n\r\n", {}, "no_events", 4],
    [`[${eventText(1)},]`, json, "bad_json", eventText(1).length + 2],
    [`{"events":[${eventText("é").replace("id-é", "1")}`, json, "bad_json", undefined],
    [`["é",tru]`, json, "bad_json", 6],
    [`\uFEFF["é",tru]`, json, "bad_json", 9],
  ])("is 400 with the byte offset for %j", async (body, headers, code, offset) => {
    const { post: send, sink } = await startServer();
    const answer = await send(body, { "content-type": "application/x-ndjson", ...headers });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code, byte_offset: offset ?? expect.any(Number) });
    expect(sink.texts).toEqual([]);
  });

  it("is 400 with the byte offset for JSON that is not UTF-8", async () => {
    const { post: send } = await startServer();
    const bytes = Buffer.from(`[${eventText(1, { s: "é@@" })}]`);
    const at = bytes.indexOf("@@");
    bytes[at] = 0xff;
    const { status, json: body } = await send(bytes, json);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "bad_unicode", byte_offset: at });
  });

  it.each([401, 202])(
    "is 401 with WWW-Authenticate unless authenticate knows the sender: %i",
    async (expected) => {
      const { post: send, sink } = await startServer({
        authenticate: (request) => (request.header("authorization") === "Bearer key-1" ? {} : null),
      });
      const key = expected === 202 ? "key-1" : "key-2";
      const answer = await send(eventText(1), { ...json, authorization: `Bearer ${key}` });
      expect(answer.status).toBe(expected);
      expect(answer.headers.get("www-authenticate")).toBe(
        expected === 401 ? 'Bearer realm="activity"' : null,
      );
      expect(sink.texts).toHaveLength(expected === 202 ? 1 : 0);
    },
  );

  it("is 503 when authenticate throws", async () => {
    const cause = new Error("session store is down");
    const { post: send, problems } = await startServer({ authenticate: () => Promise.reject(cause) });
    const answer = await send(eventText(1));
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(problems).toMatchObject([{ code: "failed", cause }]);
  });

  it.each(["GET", "PUT", "DELETE"])("is 405 with Allow for %s", async (method) => {
    const { url } = await startServer();
    const response = await fetch(url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST, OPTIONS");
  });

  it("is 413 with the limits for a body above the cap, declared, chunked or decoded", async () => {
    const { url, sink } = await startServer({ limits: { maxBodyBytes: 1_000, maxEvents: 7 } });
    const large = `${eventText(1)}\n`.repeat(20);
    const chunked = new ReadableStream({
      start: (controller) => {
        for (const line of large.split(/(?<=\n)/)) controller.enqueue(new TextEncoder().encode(line));
        controller.close();
      },
    });
    const answers = [
      await fetch(url, { method: "POST", body: large }),
      await fetch(url, { method: "POST", body: chunked, duplex: "half" } as RequestInit), // `duplex` is missing in some type definitions.
      await fetch(url, { method: "POST", body: gzipSync(large), headers: { "content-encoding": "gzip" } }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({
        code: "body_too_large",
        max_body_bytes: 1_000,
        max_event_bytes: 65_536,
        max_events: 7,
      });
    }
    expect(sink.texts).toEqual([]);
  });

  it.each(["ndjson", "array", "wrapper", "text"])("is 413 for one event too many as %s", async (form) => {
    const { url, sink } = await startServer({ limits: { maxEvents: 3 } });
    const body = (count: number): [string, Record<string, string>] => {
      const events = Array.from({ length: count }, (_, at) => eventText(at));
      if (form === "array") return [`[${events}]`, json];
      if (form === "wrapper") return [`{"events":[${events}]}`, json];
      return [events.join("\n"), { "content-type": form === "text" ? "text/plain" : "application/x-ndjson" }];
    };
    const four = await post(url, ...body(4));
    expect(four).toMatchObject({ status: 413, json: { code: "too_many_events", max_events: 3 } });
    expect(sink.texts).toEqual([]);
    expect(await post(url, ...body(3))).toMatchObject({ status: 202, json: { accepted: 3 } });
  });

  it("names one event that is too large and takes the others", async () => {
    const { post: send } = await startServer();
    const { status, json: body } = await send(`${eventText(1)}\n${eventText(2, { s: "x".repeat(65_536) })}`);
    expect(status).toBe(202);
    expect(body.problems).toMatchObject([{ index: 1, event_id: "id-2", code: "too_large" }]);
  });

  it.each([
    ["multipart/form-data; boundary=x", 415],
    ["application/json; charset=utf-16le", 415],
    ["text/html", 415],
    ["constructor", 415],
    ["application/json; charset=utf-8", 202],
    ['APPLICATION/JSON;Charset="UTF-8"', 202],
    ["text/plain;charset=UTF-8", 202],
    ["application/x-ndjson", 202],
  ])("to the media type %s is %i", async (type, expected) => {
    const { post: send } = await startServer();
    const answer = await send(eventText(1), { "content-type": type });
    expect(answer.status).toBe(expected);
    expect(answer.headers.get("accept-post")).toBe(
      expected === 415 ? "application/x-ndjson, application/json, text/plain" : null,
    );
  });

  it.each(["snappy", "gzip, gzip", "constructor"])("is 415 for the coding %s", async (coding) => {
    const { post: send } = await startServer();
    const answer = await send(eventText(1), { ...json, "content-encoding": coding });
    expect(answer.status).toBe(415);
    expect(answer.headers.get("accept-encoding")).toBe("identity, gzip, deflate, zstd");
  });

  it("is 429 with Retry-After while a sender must wait", async () => {
    const { post: send, sink } = await startServer({ rateLimit: () => 2_100 });
    const answer = await send(eventText(1));
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("3");
    expect(sink.texts).toEqual([]);
  });

  it("is 503 with Retry-After while draining and while too many bytes are in flight", async () => {
    const drained = await startServer();
    drained.proxy.drain();
    const full = await startServer({ limits: { maxBytesInFlight: 100 } });
    for (const [server, code] of [
      [drained, "draining"],
      [full, "busy"],
    ] as const) {
      const answer = await server.post(eventText(1));
      expect(answer).toMatchObject({ status: 503, json: { code } });
      expect(answer.headers.get("retry-after")).toBe("5");
      expect(server.sink.texts).toEqual([]);
      expect(server.proxy.heldBytes).toBe(0);
    }
  });

  it("is 202 with everything discarded for a visitor who opted out", async () => {
    const { post: send, sink } = await startServer({ consent: () => false });
    const { status, json: body } = await send(`${eventText(1)}\n{}`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 0, duplicates: 0, rejected: 0, discarded: 2 });
    expect(sink.texts).toEqual([]);
  });

  it("is 403 consent_denied where telemetry is off", async () => {
    const { post: send, sink } = await startServer({ consent: () => "denied" });
    expect(await send(eventText(1))).toMatchObject({ status: 403, json: { code: "consent_denied" } });
    expect(sink.texts).toEqual([]);
  });

  it("is 500 and no crash when the host's consent throws", async () => {
    const { post: send, problems } = await startServer({
      consent: () => {
        throw new Error("no database");
      },
    });
    expect(await send(eventText(1))).toMatchObject({ status: 500, json: { code: "internal" } });
    expect(problems).toMatchObject([{ code: "failed" }]);
  });

  it("rejects times too far ahead only where asked", async () => {
    const ahead = eventText(1, { event_time: new Date(Date.now() + 3_600_000).toISOString() });
    const lenient = await startServer();
    expect((await lenient.post(ahead)).status).toBe(202);
    const strict = await startServer({ limits: { maxFutureMs: 60_000 } });
    expect((await strict.post(ahead)).json.problems).toMatchObject([{ code: "time_too_far" }]);
  });

  it("says nothing of what stands in attributes", async () => {
    const { post: send, problems } = await startServer();
    const { json: body } = await send(`{"event_id":"1","password":"secret-1"}\n{"secret-2":}`);
    expect(JSON.stringify([body, problems])).not.toContain("secret");
  });
});
