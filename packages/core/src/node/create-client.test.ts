import { describe, expect, it } from "@jest/globals";
import { memorySink } from "../sinks/memory-sink.ts";
import { runWithAttributes } from "./context-attributes.ts";
import { createClient } from "./create-client.ts";

describe("createClient of ./node", () => {
  it("adds the attributes of the async context to every event", () => {
    const sink = memorySink();
    const activity = createClient({ sink, attributes: { a: "client", b: "client", c: "client" } });
    runWithAttributes({ b: "context", c: "context" }, () => activity.track("page_view", { c: "call" }));
    activity.track("page_view");
    expect(sink.events).toMatchObject([
      { a: "client", b: "context", c: "call" },
      { a: "client", b: "client", c: "client" },
    ]);
  });

  it("leaves a context alone that the host gave", () => {
    const sink = memorySink();
    const activity = createClient({ sink, context: () => ({ own: true }) });
    runWithAttributes({ a: 1 }, () => activity.track("page_view"));
    expect(sink.events[0]).toMatchObject({ own: true });
    expect(sink.events[0]).not.toHaveProperty("a");
  });
});
