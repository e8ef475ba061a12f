import { EventScanner, eventLimits, parseEventText, systemClock } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eventText, post, startServer, stopServers } from "../test/proxy-server.ts";
import { createStamper } from "./stamper.ts";

afterEach(stopServers);

const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) };
const received = ',"received_at":"2026-01-02T03:04:05.006Z"';
const sentAt = "2026-01-02T03:04:04Z";

describe("stamps", () => {
  it("are spliced into the text, which stays as it was", async () => {
    const { url, sink } = await startServer({ clock, stamp: ["received_at", "sent_at"] });
    const event = eventText(1, { a: 1 }).replace('"a":1', '"a" : 12345678901234567890');
    await post(url, `{"sent_at":"${sentAt}","events":[${event}]}`, { "content-type": "application/json" });
    await post(url, eventText(2), { "content-type": "application/json", "activity-sent-at": sentAt });
    await post(url, eventText(3), { "content-type": "application/json", "activity-sent-at": "yesterday" });
    const stamps = `${received},"sent_at":"${sentAt}"}`;
    expect(sink.texts).toEqual([
      event.replace(/}$/, stamps),
      eventText(2).replace(/}$/, stamps),
      eventText(3).replace(/}$/, `${received}}`),
    ]);
  });

  it("that an event brings were made nearer to its source and stay", async () => {
    const { post: send, sink } = await startServer({ clock, stamp: ["received_at"] });
    const event = eventText(1, { received_at: "2026-01-01T00:00:00Z" });
    await send(event);
    expect(sink.texts).toEqual([event]);
  });

  it("take no room from an event at its limits", async () => {
    const { post: send } = await startServer({
      clock,
      stamp: ["received_at"],
      limits: { maxEventBytes: 400 },
    });
    const full = (bytes: number): string =>
      eventText(1, { s: "x".repeat(bytes - eventText(1, { s: "" }).length) });
    expect((await send(full(400))).status).toBe(202);
    expect((await send(full(401))).json.problems).toMatchObject([{ code: "too_large" }]);
  });
});

describe("attributes of the principal", () => {
  const start = (): ReturnType<typeof startServer> =>
    startServer({
      authenticate: () => ({ attributes: { user_id: "u1", roles: ["a"], event_name: "forged" } }),
    });

  it("stand on every event", async () => {
    const { post: send, sink } = await start();
    await send(eventText(1));
    expect(sink.events).toMatchObject([{ event_name: "click", user_id: "u1", roles: ["a"] }]);
  });

  it("pass where the event says the same, and reject it where it says something else", async () => {
    const { post: send, sink } = await start();
    const { json } = await send(
      [
        eventText(1, { user_id: "u1" }),
        eventText(2, { user_id: "u2" }),
        eventText(3).replace("}", ',"user\\u005fid":"u2"}'),
        eventText(4).replace("}", ',"user_id":"u2","user_id":"u1"}'),
        eventText(5, { nested: { user_id: "u2" } }),
      ].join("\n"),
    );
    expect(json).toMatchObject({
      accepted: 2,
      problems: [
        { index: 1, code: "reserved_key", pointer: "/user_id" },
        { index: 2, code: "reserved_key" },
        { index: 3, code: "bad_json", pointer: "/user_id" },
      ],
    });
    expect(json.problems[0].detail).not.toContain("u2");
    expect(sink.events.map(({ user_id }) => user_id)).toEqual(["u1", "u1"]);
    expect(sink.texts[0]?.match(/"user_id"/g)).toHaveLength(1);
  });
});

describe("createStamper", () => {
  const stamper = createStamper({
    stamps: ["received_at"],
    receivedAtMs: 0,
    sentAt: undefined,
    attributes: { user_id: "u" },
    reservedKeys: ["kept_free"],
    limits: eventLimits,
  });
  const isObject = (text: string): boolean => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  };

  it("makes no object of a text that is none, and none unreadable", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      '"',
      ",",
      ":",
      "1",
      " ",
      "\\",
      '"a":1',
      '"a"',
      '{"b":',
      "{}",
      '"}"',
      '":"',
    ];
    const texts = fc
      .array(fc.constantFrom(...pieces), { maxLength: 8 })
      .map((inner) => `{${inner.join("")}}`);
    fc.assert(
      fc.property(texts, (text) => {
        const stamped = stamper?.stampText(text);
        expect(stamped !== undefined && "text" in stamped && isObject(stamped.text)).toBe(isObject(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it("gives a scanned event the text that the slow way gives, or leaves it to that", () => {
    const key = fc.constantFrom(
      "a",
      "user_id",
      "received_at",
      "kept_free",
      "my_user_id",
      "xreceived_at",
      "größe",
    );
    const value = fc.constantFrom<unknown>(
      "u",
      "v",
      1.5,
      null,
      { user_id: "u" },
      "received_at",
      'user_id":"v',
      "\u0007",
    );
    let fast = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 3 }), (attributes) => {
        const text = eventText("s.1", Object.fromEntries(attributes));
        const scanner = EventScanner.of({ bytes: Buffer.from(text), text }, eventLimits);
        const event = scanner?.event(0);
        const stamped = event && stamper?.stampEvent(event);
        if (stamped === undefined) return;
        fast++;
        expect(stamper?.stampText(text)).toMatchObject({ text: stamped.text });
        expect(parseEventText(stamped.text).event).toMatchObject({
          text: stamped.text,
          event_id: stamped.event_id,
        });
      }),
      { numRuns: 1_000 },
    );
    expect(fast).toBeGreaterThan(100);
  });
});
