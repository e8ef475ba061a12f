/** The samples of `docs/catalog.md` are the regions of this file: what the page shows is compiled and run here. */

// #region define
import { defineCatalog } from "@activity/core/catalog";
import * as v from "valibot";

export const catalog = defineCatalog(
  {
    behavioral: { login_start: v.object({ method: v.string() }), deploy_start: null },
    metric: { queue_latency_ms: v.object({ queue: v.string() }) },
  },
  { open: ["log"] },
);

// #endregion

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, memorySink } from "@activity/core";
import { afterAll, describe, expect, it } from "@jest/globals";
import { toJsonSchema as convert } from "@valibot/to-json-schema";
import { checkMarkdown, toJsonSchema, toMarkdown } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "activity-catalog-"));
const file = join(folder, "TELEMETRY.md");
afterAll(() => rmSync(folder, { recursive: true }));

describe("docs/catalog.md", () => {
  it("records what the catalog has", () => {
    const sink = memorySink();
    // #region use
    // needs createClient, catalog, sink
    const activity = createClient({ catalog, sink });

    activity.track("login_start", { method: "github" });
    activity.track("deploy_start");
    activity.recordMetric("queue_latency_ms", 12, { queue: "reconcile" });
    activity.record("log", "any_name", { any: "attribute" });
    // #endregion
    expect(sink.events.map(({ event_name: name }) => name)).toEqual([
      "login_start",
      "deploy_start",
      "queue_latency_ms",
      "any_name",
    ]);
    expect(activity.stats()).toMatchObject({ recorded: 4, refused: 0 });
  });

  it("shows calls that do not compile", () => {
    const activity = createClient({ catalog, sink: memorySink(), onProblem: () => {} });
    // #region errors
    // continues the samples above
    // @ts-expect-error a typo in the name
    activity.track("login_strat", { method: "github" });
    // @ts-expect-error a wrong attribute
    activity.track("login_start", { method: 3 });
    // @ts-expect-error attributes where there are none
    activity.track("deploy_start", { method: "github" });
    // @ts-expect-error type and name exchanged
    activity.record("login_start", "behavioral", { method: "github" });
    // @ts-expect-error a name of another type
    activity.record("metric", "login_start", { method: "github" });
    // #endregion
    expect(activity.stats().recorded).toBe(5);

    const typesAlone = createClient<typeof catalog>({ sink: memorySink() });
    // @ts-expect-error a typo in the name
    typesAlone.track("login_strat", { method: "github" });
    expect(typesAlone.stats().recorded).toBe(1);
  });

  it("refuses at run time", () => {
    const sink = memorySink();
    const told: string[] = [];
    const log = { warn: (message: string): unknown => told.push(message) };
    const fromOutside: { method: string } = JSON.parse('{"method":3}');
    // #region check
    // needs createClient, catalog, sink, log, fromOutside
    const activity = createClient({
      catalog,
      catalogCheck: "refuse",
      sink,
      onProblem: (problem) => log.warn(problem.message),
    });
    activity.track("login_start", fromOutside); // { method: 3 }: not recorded
    // #endregion
    expect(told).toEqual(["an event was not recorded: attribute /method is number; it must be string"]);
    expect(sink.events).toEqual([]);
  });

  it("generates and checks documents", () => {
    // #region generate
    // needs writeFileSync, toMarkdown, toJsonSchema, catalog, convert, file
    writeFileSync(file, toMarkdown(catalog, { convert, title: "Telemetry of the admin server" }));
    const schema = toJsonSchema(catalog, { convert, id: "https://example.com/telemetry.json" });
    // #endregion
    expect(schema["oneOf"]).toHaveLength(4);
    const title = "Telemetry of the admin server";
    // #region current
    // needs readFileSync, checkMarkdown, expect, catalog, convert, file, title
    const outdated = checkMarkdown(catalog, readFileSync(file, "utf8"), { convert, title });
    expect(outdated).toBeUndefined();
    // #endregion
  });

  it("shows what stands in this file, line by line", () => {
    const own = readFileSync(new URL(import.meta.url), "utf8");
    const page = readFileSync(new URL("../../../../docs/catalog.md", import.meta.url), "utf8");
    const regions = [...own.matchAll(/^( *)\/\/ #region \w+\n(.*?)\n*^\1\/\/ #endregion$/gms)];
    const samples = [...page.matchAll(/^```ts\n(.*?)\n^```$/gms)].map(([, sample = ""]) => sample);
    expect(samples).toEqual(
      regions.map(([, indent = "", code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), "")),
    );
    expect(samples.filter((sample) => sample.split("\n").length > 12)).toEqual([]);
  });
});
