import { expect, it } from "@jest/globals";
import { testBrowserClient } from "./index.ts";

it("keeps the calls of an application's test, with the user of the moment", async () => {
  const { client, calls } = testBrowserClient();
  client.track("before");
  client.identify("ann");
  client.recordMetric("render_ms", 12, { screen_name: "home" });
  client.recordError(new RangeError("out of reach"));
  client.setConsent("denied");
  client.track("unseen");
  client.setConsent("granted");
  client.reset();
  client.record("log", "after");
  expect(calls.map(({ type, name, userId }) => [type, name, userId])).toEqual([
    ["behavioral", "before", undefined],
    ["behavioral", "user_identified", "ann"],
    ["metric", "render_ms", "ann"],
    ["error", "error", "ann"],
    ["log", "after", undefined],
  ]);
  expect(calls[2]?.attributes).toEqual({ screen_name: "home", value: 12 });
  expect(calls[3]?.attributes).toMatchObject({ error_name: "RangeError", message: "out of reach" });
  expect(await client.close()).toMatchObject({ recorded: 5 });
});
