import { fakeClock } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { quietPage } from "../../test/quiet-page.ts";
import { maxEventBytes } from "../browser-limits.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { mark } from "../waiting-event.ts";
import { createFinisher } from "./finish-event.ts";

const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36";
beforeEach(() => {
  Object.defineProperty(globalThis, "navigator", {
    value: { userAgent, language: "en" },
    configurable: true,
  });
});
afterEach(() => void Reflect.deleteProperty(globalThis, "navigator"));

const told: unknown[] = [];
const finish = () =>
  createFinisher(quietPage({ clock: fakeClock(), onProblem: (problem) => told.push(problem) }));
const none = { problems: [], omitted: 0 };

/** An event as a page records it, before what sends is there. */
function raw(members: object, given: Partial<WaitingEvent> = {}): WaitingEvent {
  const text = JSON.stringify({ event_id: "s.1", event_name: "click", ...members, client_id: "me" });
  return {
    id: "s.1",
    type: "behavioral",
    at: 0,
    bytes: text.length,
    owner: "cme",
    flaws: none,
    text,
    ...given,
  };
}
const membersOf = ({ text }: WaitingEvent) => JSON.parse(text) as Record<string, unknown>;

describe("finishing an event", () => {
  it("names browser and session, and redacts URLs", () => {
    const event = finish()(
      raw({
        page_url: `${mark}https://shop.example/a"\\é?q=1`,
        referrer: `${mark}https://a:b@shop.example/`,
        browser: mark,
        os: mark,
        device_model: mark,
        mine: `${mark}kept`,
      }),
    );
    expect(membersOf(event)).toEqual({
      event_id: "s.1",
      event_name: "click",
      page_url: "https://shop.example/a%22/%C3%A9?q=redacted",
      referrer: "https://shop.example/",
      browser: "Chrome 141",
      os: "Linux",
      device_model: "X11",
      mine: `${mark}kept`,
      client_id: "me",
      session_id: expect.stringMatching(/^\w{20}$/),
    });
    expect(event.importance).toBe(3);
    expect(event.flaws).toBeUndefined();
    expect(event.bytes).toBe(Buffer.byteLength(event.text));
    expect(finish()(event)).toBe(event);
  });

  it("leaves what a call has put in place of what the client knows", () => {
    expect(membersOf(finish()(raw({ browser: "mine", page_url: "https://x/?q=1" })))).toMatchObject({
      browser: "mine",
      page_url: "https://x/?q=1",
    });
  });

  it("marks what could not be encoded, shortens what is too long, and tells of it once each", () => {
    told.length = 0;
    const long = finish()(raw({ text: "漢".repeat(20_000) }));
    expect(long.bytes).toBeLessThanOrEqual(maxEventBytes);
    expect(membersOf(long)).toMatchObject({ truncated: true, client_id: "me" });
    const flawed = finish()(raw({}, { flaws: { problems: ["bad"], omitted: 1 } }));
    expect(membersOf(flawed)).toMatchObject({ encoding_problems: ["bad"], attributes_omitted: 1 });
    expect(told).toMatchObject([
      { code: "altered", eventType: "behavioral", eventName: "click" },
      { code: "altered" },
    ]);
  });
});

describe("what was thrown", () => {
  const thrown = (list: unknown, message: unknown, rest: object = {}) =>
    membersOf(
      finish()(raw({ message, ...(list !== undefined && { [mark]: list }), ...rest }, { type: "error" })),
    );

  it("becomes an error's attributes, without what its URLs tell", () => {
    const error = {
      name: "TypeError",
      message: "at https://x/?a=1",
      stack: "s https://x/?b=2:1:2",
      code: "E",
    };
    const cause = { name: "Error", message: "GET https://x/?c=3", stack: "…" };
    expect(thrown([{ ...error, cause }], [mark, "TypeError: at"], { screen: "home" })).toMatchObject({
      error_name: "TypeError",
      message: "at https://x/?a=redacted",
      stack: "s https://x/?b=redacted:1:2",
      code: "E",
      cause: "Error: GET https://x/?c=redacted",
      screen: "home",
    });
  });

  it.each([
    ["a text", "a text at https://x/?a=redacted", "a text at https://x/?a=1"],
    ["an object", "what was thrown is no error", { a: 1 }],
    ["nothing", "what was thrown is no error", null],
  ])("may be %s", (_, message, value) => {
    expect(thrown([value], [mark, String(value)])).toMatchObject({ message });
  });

  it("that could not be encoded leaves its text, and what the call said itself stays", () => {
    expect(thrown(undefined, [mark, "a cycle"])).toMatchObject({ message: "a cycle" });
    expect(
      thrown(undefined, [mark, "TypeError: it at https://x/?a=1", "TypeError", "s https://x/?b=2:1:2"]),
    ).toMatchObject({
      error_name: "TypeError",
      message: "it at https://x/?a=redacted",
      stack: "s https://x/?b=redacted:1:2",
    });
    expect(thrown([{ name: "Error", message: "a" }], "mine", { stack: "mine" })).toMatchObject({
      message: "mine",
      stack: "mine",
      error_name: "Error",
    });
  });
});
