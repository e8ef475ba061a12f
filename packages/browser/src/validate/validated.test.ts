import { defineCatalog } from "@activity/core/catalog";
import { expect, it } from "@jest/globals";
import * as v from "valibot";
import { testBrowserClient } from "../testing/index.ts";
import { validated } from "./index.ts";

const catalog = defineCatalog({
  behavioral: { login_start: v.object({ method: v.string() }), logout: null },
  metric: { render_ms: v.object({ screen_name: v.string() }) },
});

it("holds every call against the catalog and records it all the same", () => {
  const found: string[] = [];
  const { client, calls } = testBrowserClient<typeof catalog>();
  const activity = validated(client, catalog, (event, problems) => {
    found.push(`${event}: ${problems.map(({ pointer }) => pointer).join()}`);
  });
  activity.track("login_start", { method: "github" });
  activity.track("logout");
  activity.recordMetric("render_ms", 1, { screen_name: "home" });
  expect(found).toEqual([]);
  activity.track("login_start", { method: 3 as unknown as string }); // What a compiler would refuse.
  activity.track("log_out" as "logout");
  activity.record("metric", "render_ms", { value: 1 } as never);
  expect(found).toHaveLength(3);
  expect(found[0]).toBe("behavioral login_start: /method");
  expect(calls).toHaveLength(6);
});
