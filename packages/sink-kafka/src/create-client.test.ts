import type { Client, Problem } from "@activity/core";
import { ActivityError, memorySink } from "@activity/core";
import { describe, expect, it, jest } from "@jest/globals";
import { createClient } from "./create-client.ts";

describe("createClient", () => {
  it.each<[string, unknown]>([
    ["the argument of createClient is undefined; it must be an object", undefined],
    ["sink is undefined; it must be a sink", {}],
    ['service is "shop"; it must be an object with name', { service: "shop" }],
    ['service.name is ""; it must be a text that is not blank', { service: { name: "" } }],
    ["service.name is undefined; it must be a text that is not blank", { service: { version: "1" } }],
    [
      'service of createClient has no option "versoin"; did you mean "version"?',
      { service: { name: "x", versoin: "1" } },
    ],
    ['catalogCheck is "warn"; it must be one of "off", "report", "refuse"', { catalogCheck: "warn" }],
    ['createClient has no option "beforeSend"', { beforeSend: () => null }],
    ['beforeRecord is "x"; it must be a function', { beforeRecord: "x" }],
  ])("says which option is unusable: %s", (message, options) => {
    const sink = message.startsWith("sink") ? undefined : memorySink();
    const all = options === undefined ? undefined : { sink, ...(options as object) };
    const make = (): Client => createClient(all as never);
    expect(make).toThrow(ActivityError);
    expect(make).toThrow(message);
  });

  it("takes undefined for every option that may be left out", () => {
    const names = ["service", "isDev", "installId", "attributes", "context", "catalog", "catalogCheck"];
    const others = ["beforeRecord", "sample", "maxEventBytes", "onProblem", "strict", "createId", "clock"];
    const absent = Object.fromEntries([...names, ...others].map((name) => [name, undefined]));
    createClient({ ...absent, sink: memorySink() }).track("a");
  });

  it.each<[string, (client: Client) => void, string, object]>([
    ["a text", (client) => client.recordMetric("m", "12" as never), "value", { value: "12" }],
    ["no value", (client) => client.recordMetric("m", undefined as never), "value", { event_name: "m" }],
    [
      "NaN",
      (client) => client.with({ a: 1 }).recordMetric("m", Number.NaN, { b: 2 }),
      "value",
      { a: 1, b: 2, value: "NaN" },
    ],
    ["a number for a user", (client) => client.withUser(5 as never).track("a"), "user_id", { user_id: 5 }],
    [
      "no user",
      (client) =>
        client
          .withUser("u")
          .withUser(undefined as never)
          .track("a"),
      "user_id",
      { event_name: "a" },
    ],
  ])("records %s all the same, and tells", (_, use, field, recorded) => {
    const sink = memorySink();
    const problems: Problem[] = [];
    use(createClient({ sink, onProblem: (problem) => problems.push(problem) }));
    expect(sink.events).toMatchObject([recorded]);
    expect(problems).toMatchObject([
      {
        code: "altered",
        message: expect.stringMatching(`^${field} must be `),
        problems: [{ pointer: `/${field}` }],
      },
    ]);
    const strict = (): void => use(createClient({ sink, strict: true }));
    expect(strict).toThrow(expect.objectContaining({ code: "INVALID_EVENT" }));
  });

  it("warns once on the console, of whatever comes first", () => {
    const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    const client = createClient({ sink: memorySink() });
    client.recordMetric("m", Number.NaN);
    client.track("");
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it("says nothing of what is right", () => {
    const client = createClient({ sink: memorySink(), strict: true, service: { name: "shop" } });
    client.withUser("u1").with({ a: 1 }).recordMetric("m", 12.5);
  });
});
