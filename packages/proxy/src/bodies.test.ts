import { constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { memorySink, parseEventText } from "@activity/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { TestServer } from "../test/proxy-server.ts";
import { eventText, idsOf, startServer, stopServers } from "../test/proxy-server.ts";
import { createProxy } from "./index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ dedupe: false });
});
afterAll(stopServers);

const ndjson = { "content-type": "application/x-ndjson" };
const json = { "content-type": "application/json" };
const text = { "content-type": "text/plain" };

async function arrive(
  body: string | Uint8Array,
  headers: Record<string, string>,
): Promise<readonly string[]> {
  server.sink.clear();
  const answer = await server.post(body, headers);
  expect(answer).toMatchObject({ status: 202, json: { rejected: 0 } });
  return server.sink.texts;
}

/** A spelling that no serialiser would give back. */
const peculiar =
  '{ "b" : 12345678901234567890, "event_name":"\\u0063lick","event_id":"p-1" ,"n":1.50e+02, "event_type":"log","a":[1 , 2],"event_time":"2026-01-02T03:04:05+01:00","a2":"\\ud83d\\ude00","10":1,"2":2}';

describe("a body", () => {
  it.each([
    ["lines", `${peculiar}\n${eventText(1)}\n`, ndjson],
    ["lines with CRLF, blanks and no last line end", `\r\n ${peculiar}\r\n\n \t\r\n${eventText(1)}`, ndjson],
    ["lines behind a byte order mark", `\uFEFF${peculiar}\n${eventText(1)}`, ndjson],
    ["an array", `[${peculiar}, ${eventText(1)}]`, json],
    ["an array behind a byte order mark", `\uFEFF [\n${peculiar}\n,${eventText(1)} ]\n`, json],
    ["a wrapper", `{"x":[{"events":[1]}],"events": [ ${peculiar} ,${eventText(1)}] ,"batch_id":"b"}`, json],
    [
      "a wrapper whose member is spelled with escapes",
      `{"ev\\u0065nts":[${peculiar},${eventText(1)}]}`,
      json,
    ],
    [
      "a wrapper with repeated events: the last count",
      `{"events":[1],"events":[${peculiar},${eventText(1)}]}`,
      json,
    ],
    ["lines as plain text", `${peculiar}\n${eventText(1)}`, text],
    ["an array as plain text", `[${peculiar},${eventText(1)}]`, text],
    ["a wrapper as plain text", `{"events":[${peculiar},${eventText(1)}]}`, text],
  ])("of %s arrives as it was spelled", async (_, body, headers) => {
    expect(await arrive(body, headers)).toEqual([peculiar, eventText(1)]);
  });

  it("that is coded is told what else it may be coded with", async () => {
    const coded = await server.post(gzipSync(eventText(1)), { ...ndjson, "content-encoding": "gzip" });
    expect(coded.headers.get("accept-encoding")).toBe("identity, gzip, deflate, zstd");
    expect((await server.post(eventText(1), ndjson)).headers.get("accept-encoding")).toBeNull();
  });

  it("may be one event, also one with an attribute named events", async () => {
    const event = eventText(1, { events: [{}] });
    expect(await arrive(event, json)).toEqual([event]);
    expect(await arrive(event, text)).toEqual([event]);
  });

  it("may come without a Content-Type, as a page sends a Blob that has none", async () => {
    const bytes = new TextEncoder().encode(`${peculiar}\n${eventText(1)}`);
    expect(await arrive(bytes, {})).toEqual([peculiar, eventText(1)]);
  });

  it("keeps an event in one line", async () => {
    const event = JSON.stringify(JSON.parse(eventText(1)), undefined, 1);
    expect(await arrive(`[${event}]`, json)).toEqual([event.replaceAll("\n", " ")]);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["zstd", zstdCompressSync],
    ["GZIP", gzipSync],
    ["identity", Buffer.from],
  ])("may be coded as %s", async (coding, encode) => {
    const body = `${eventText(1, { s: "é😀中" })}\n${peculiar}`;
    const headers = { ...ndjson, "content-encoding": coding };
    expect(await arrive(encode(Buffer.from(body)), headers)).toEqual(body.split("\n"));
  });

  it("that is cut off in its coding is 400, and nothing is written", async () => {
    server.sink.clear();
    const whole = gzipSync(`${eventText(1)}\n${eventText(2)}`);
    for (const [coding, body] of [
      ["gzip", whole.subarray(0, -9)],
      ["gzip", Buffer.from(eventText(1))],
      ["zstd", whole],
      ["deflate", whole],
    ] as const) {
      const answer = await server.post(body, { ...ndjson, "content-encoding": coding });
      expect(answer).toMatchObject({ status: 400, json: { code: "undecodable" } });
    }
    expect(server.sink.texts).toEqual([]);
  });

  // What it costs in memory is measured in a process of the server's own: e2e/failures/http-bombs.
  it("that would become huge is 413, and nothing of it is held", async () => {
    const bombs = [
      ["gzip", gzipSync(Buffer.alloc(64 << 20, 32))],
      ["zstd", zstdCompressSync(Buffer.alloc(256 << 20, 32))],
    ] as const;
    for (let round = 0; round < 5; round++) {
      for (const [coding, body] of bombs) {
        const answer = await server.post(body, { ...ndjson, "content-encoding": coding });
        expect(answer).toMatchObject({ status: 413, json: { code: "body_too_large" } });
      }
    }
    expect(server.proxy.heldBytes).toBe(0);
  });

  it("that asks for a larger zstd window than HTTP allows is 400", async () => {
    const params = { [constants.ZSTD_c_windowLog]: 24 };
    const body = zstdCompressSync(Buffer.alloc(64 << 20, 32), { params });
    const answer = await server.post(body, { ...ndjson, "content-encoding": "zstd" });
    expect(answer).toMatchObject({ status: 400, json: { code: "undecodable" } });
  });

  it("of a million numbers is refused by their count", async () => {
    const body = `[${"1,".repeat(500_000)}1]`;
    expect(await server.post(body, json)).toMatchObject({ status: 413, json: { code: "too_many_events" } });
  });

  it("of deep brackets is refused and harms nobody", async () => {
    for (const body of ["[".repeat(900_000), `${"[".repeat(400_000)}${"]".repeat(400_000)}`]) {
      const answer = await server.post(body, json);
      expect([400, 422]).toContain(answer.status);
    }
  });

  it("loses only the line that is not UTF-8", async () => {
    server.sink.clear();
    const bytes = Buffer.from(
      [eventText(1), eventText(2, { s: "@@" }), eventText(3, { s: "é" })].join("\r\n"),
    );
    bytes[bytes.indexOf("@@")] = 0xff;
    const { status, json: body } = await server.post(bytes, ndjson);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 2, problems: [{ index: 1, code: "bad_unicode" }] });
    expect(idsOf(server.sink)).toEqual(["id-1", "id-3"]);
  });

  it("in UTF-16 is refused", async () => {
    const bytes = Buffer.from(eventText(1), "utf16le");
    expect((await server.post(bytes, json)).status).toBe(400);
    expect((await server.post(bytes, ndjson)).status).toBe(422);
    expect((await server.post(bytes, text)).status).toBe(422);
  });
});

/** A piece of a body with what must become of it. */
type Piece = { readonly good: boolean; readonly line: string; readonly code?: string };

describe("a body put together from good and bad events", () => {
  let next = 0;
  const good = fc
    .record({ s: fc.string({ unit: "binary" }), n: fc.double(), o: fc.jsonValue({ depthSize: "small" }) })
    .filter((attributes) => !JSON.stringify(attributes).includes("__proto__"))
    .map(
      (attributes): Piece => ({
        good: true,
        line: eventText(`g${next++}`, attributes).replace('"s":', '"big":90071992547409931234,"s":'),
      }),
    );
  const without = (field: string): Piece => {
    const { [field]: _, ...rest } = JSON.parse(eventText(`b${next++}`)) as Record<string, unknown>;
    return { good: false, line: JSON.stringify(rest), code: "missing_field" };
  };
  const bad = fc.oneof(
    fc.constantFrom("event_id", "event_time", "event_type", "event_name").map(without),
    fc
      .constantFrom<[string, string]>(
        ["null", "bad_type"],
        ["17", "bad_type"],
        ['"text"', "bad_type"],
        ["[]", "bad_type"],
        [eventText("b", { event_time: "yesterday" }), "bad_time"],
        [eventText("b", { event_name: " " }), "empty"],
        [eventText("b", { event_type: "x".repeat(129) }), "too_long"],
        [eventText("b").replace("}", ',"__proto__":1}'), "forbidden_key"],
        [eventText("b").replace("}", ',"event_id":"again"}'), "bad_json"],
        [eventText("b", { s: "x".repeat(65_600) }), "too_large"],
        [eventText("b").replace("}", `,"d":${"[".repeat(40)}${"]".repeat(40)}}`), "too_deep"],
      )
      .map(([line, code]): Piece => ({ good: false, line, code })),
  );
  const notJson = fc
    .constantFrom("{", "nul", eventText("b").slice(0, -1), `${eventText("b")},`, "{'a':1}", "\u0000")
    .map((line): Piece => ({ good: false, line, code: "bad_json" }));
  const blank = fc.constantFrom("", " ", "\t", "\r");

  const check = async (
    pieces: readonly Piece[],
    body: string,
    headers: Record<string, string>,
  ): Promise<void> => {
    server.sink.clear();
    const answer = await server.post(body, headers);
    const lines = pieces.filter((piece) => piece.good).map(({ line }) => line);
    const problems = pieces.flatMap(({ good, code }, index) => (good ? [] : { index, code }));
    expect(answer.status).toBe(lines.length > 0 ? 202 : 422);
    expect(server.sink.texts).toEqual(lines);
    expect(
      (answer.json.problems ?? []).map(({ index, code }: Piece & { index: number }) => ({ index, code })),
    ).toEqual(problems);
  };

  it("gives exactly the good ones to the sink and names exactly the bad ones, as lines", async () => {
    const lines = fc.array(
      fc.tuple(fc.oneof(good, bad, notJson), blank, fc.constantFrom("\n", "\r\n", "\n\n")),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(lines, (list) => {
        const body = list.map(([{ line }, space, end]) => `${space}${line}${space}${end}`).join("");
        return check(
          list.map(([piece]) => piece),
          body,
          ndjson,
        );
      }),
      { numRuns: 150 },
    );
  });

  it("does so in an array and in a wrapper", async () => {
    const pieces = fc.array(fc.oneof(good, bad), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), fc.constantFrom(json, text), (list, wrapped, headers) => {
        const array = `[${list.map(({ line }) => line).join(" ,\n")}]`;
        return check(list, wrapped ? `{"sent_at":1,"events":${array}}` : array, headers);
      }),
      { numRuns: 150 },
    );
  });
});

describe("any bytes at all", () => {
  const ascii = { "content-type": "text/plain" };
  const mutated = fc
    .tuple(
      fc.array(
        fc.constantFrom(
          peculiar,
          eventText(1),
          "{}",
          "[",
          "]",
          ",",
          "\n",
          '{"events":',
          "}",
          '"',
          "\\",
          "\u2028é",
        ),
        {
          maxLength: 8,
        },
      ),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
    )
    .map(([parts, changes]) => {
      const bytes = Buffer.from(parts.join(""));
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return new Uint8Array(bytes);
    });

  it("get an answer of the contract, and the sink gets events only", async () => {
    await fc.assert(
      fc.asyncProperty(
        mutated,
        fc.constantFrom(json, ndjson, ascii),
        async (body, headers: Record<string, string>) => {
          const sink = memorySink();
          const proxy = createProxy({ sink, stamp: ["received_at"], onProblem: () => undefined });
          const answer = await proxy.handle({
            method: "POST",
            header: (name) => headers[name],
            body: () => ({ kind: "bytes", bytes: body }),
            decoders: {},
            native: undefined,
          });
          expect([202, 400, 422]).toContain(answer.status);
          for (const text of sink.texts) expect(parseEventText(text).problems).toBeUndefined();
          const { accepted = 0 } = JSON.parse(answer.body) as { accepted?: number };
          expect(sink.texts).toHaveLength(accepted);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
