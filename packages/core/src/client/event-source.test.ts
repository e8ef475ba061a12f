import { describe, expect, it } from "@jest/globals";
import { fakeClock } from "../testing/fake-clock.ts";
import { createEventSource } from "./event-source.ts";

describe("a source of events", () => {
  it("numbers ids under one random name and knows the last", () => {
    const source = createEventSource(fakeClock());
    expect(source.last).toBe(0);
    const [first = "", second = ""] = [source.nextId(), source.nextId()];
    expect(first).toMatch(/^[\w-]{21}\.1$/);
    expect(second).toBe(first.replace(/1$/, "2"));
    expect(source.last).toBe(2);
    expect(createEventSource(fakeClock()).nextId()).not.toBe(first);
  });

  it("counts on without a gap, past every thousand", () => {
    const source = createEventSource({ now: () => 0, createId: () => "name" });
    const ids = Array.from({ length: 12_345 }, () => [source.nextId(), source.opening]);
    const numbered = ids.map((_, index) => `name.${index + 1}`);
    expect(ids).toEqual(numbered.map((id) => [id, `{"event_id":"${id}`]));
  });

  it("takes its name from a clock that makes ids, once", () => {
    let made = 0;
    const source = createEventSource({ now: () => 0, createId: () => `name${++made}` });
    expect([source.nextId(), source.nextId(), made]).toEqual(["name1.1", "name1.2", 1]);
  });

  it("leaves how a time looks to a clock that knows", () => {
    const source = createEventSource({ now: () => 5, formatTime: (ms) => `1970-01-01T00:00:00.${ms}00Z` });
    expect(source.now().time).toBe("1970-01-01T00:00:00.500Z");
  });

  it("asks the host for ids where there is one to ask, and numbers nothing", () => {
    const source = createEventSource(fakeClock(), () => "mine");
    expect([source.nextId(), source.last]).toEqual(["mine", 0]);
  });

  it("writes a time once a millisecond", async () => {
    const clock = fakeClock({ now: 0 });
    const source = createEventSource(clock);
    const moment = source.now();
    expect(moment).toEqual({
      time: "1970-01-01T00:00:00.000Z",
      text: '","event_time":"1970-01-01T00:00:00.000Z"',
    });
    expect(source.now()).toBe(moment);
    await clock.advance(1);
    expect(source.now().time).toBe("1970-01-01T00:00:00.001Z");
  });
});
