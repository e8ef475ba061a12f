import { describe, expect, it } from "@jest/globals";
import type { ActivityEvent } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import { consoleSink } from "./console-sink.ts";
import { memorySink } from "./memory-sink.ts";
import { noopSink } from "./noop-sink.ts";

const event = (name: string): ActivityEvent =>
  createEvent({
    type: "behavioral",
    name,
    id: name,
    time: "2026-03-01T12:30:00.250Z",
    attributes: { method: "github", n: 2 },
  });

describe.each([
  ["memorySink", memorySink],
  ["noopSink", noopSink],
  ["consoleSink", () => consoleSink({ write: () => undefined })],
])("%s", (_, create) => {
  it("is done with an event when it has it", async () => {
    const sink = create();
    sink.record(event("a"));
    expect(await sink.write([event("b"), event("c")])).toEqual({ state: "done", reached: "delivered" });
    expect(await sink.flush()).toMatchObject({ recorded: 3, delivered: 3, pending: 0, dropped: 0 });
    expect(await sink.close()).toEqual(sink.stats());
  });

  it("takes nothing of a write that was given up before", async () => {
    const sink = create();
    const outcome = await sink.write([event("a")], { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ state: "refused", reason: { code: "aborted" } });
    expect(sink.stats().recorded).toBe(0);
  });
});

describe("memorySink", () => {
  it("shows what it got, as objects and as text, until it is cleared", () => {
    const sink = memorySink();
    sink.record(event("a"));
    sink.record(event("b"));
    expect(sink.events.map(({ event_name }) => event_name)).toEqual(["a", "b"]);
    expect(sink.events[0]).toEqual(JSON.parse(sink.texts[0] ?? ""));
    sink.clear();
    expect(sink.events).toEqual([]);
    expect(sink.stats().recorded).toBe(2);
  });
});

describe("consoleSink", () => {
  it("prints one line and no command to the terminal, whatever an event is called", () => {
    const lines: string[] = [];
    const text = createEvent({ type: "log\n", name: "\u001b[2Ja\u009b", attributes: { "k\r": "\u007f\n" } });
    consoleSink({ write: (line) => lines.push(line) }).record(text);
    expect(lines[0]?.slice(lines[0].indexOf(" ") + 1)).toBe(
      String.raw`log\u000a \u001b[2Ja\u009b k\u000d="\u007f\n"`,
    );
  });

  const printed = (options: object = {}): string[] => {
    const lines: string[] = [];
    consoleSink({ write: (line) => lines.push(line), ...options }).record(event("login_start"));
    return lines;
  };

  it("prints a line that people can read", () => {
    expect(printed()).toEqual(['12:30:00.250 behavioral login_start method="github" n=2']);
  });

  it("prints the event itself on request", () => {
    expect(printed({ format: "json" })).toEqual([event("login_start").text]);
  });

  it("does not let a broken writer harm the program", () => {
    const sink = consoleSink({
      write: () => {
        throw new Error("EPIPE");
      },
    });
    expect(() => sink.record(event("a"))).not.toThrow();
    expect(sink.stats().recorded).toBe(1);
  });
});
