/** What `docs/events.md` says of values, names and limits is tried here. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { reservedKeys } from "../constants/attribute-keys.ts";
import {
  createdEventMaxAttributes,
  createdEventMaxBytes,
  createdEventMinBytes,
  eventLimits,
  maxDepth,
  maxIdChars,
  maxNameChars,
  maxTypeChars,
  maxValues,
} from "../limits.ts";
import { eventSchema } from "../schema/index.ts";
import { createEvent } from "./create-event.ts";
import { parseEventText } from "./parse-event.ts";

const page = readFileSync(new URL("../../../../docs/events.md", import.meta.url), "utf8");

/** Rows whose first two cells are code. */
const conversions = [...page.matchAll(/^\| `(.+)` \| `(.+)` \|$/gm)].map(
  ([, value = "", json = ""]) => [value, json] as const,
);

const withCommas = (number: number): string => number.toLocaleString("en-US");

describe("docs/events.md", () => {
  it("shows an event", () => {
    const [, line = ""] = /```json\n(.+)\n```/.exec(page) ?? [];
    expect(parseEventText(line).event?.text).toBe(line);
    expect(v.is(eventSchema, JSON.parse(line))).toBe(true);
  });

  it("lists conversions", () => {
    expect(conversions.length).toBeGreaterThan(15);
  });

  it.each(conversions)("converts as it says: %s", (value, json) => {
    const made: unknown = new Function("Buffer", `return (${value})`)(Buffer);
    const event = createEvent({ type: "log", name: "any", attributes: { a: made } }).toJSON();
    expect(event["a"]).toEqual(JSON.parse(json));
    expect(event).not.toHaveProperty("encoding_problems");
  });

  it("lists every reserved name and explains every mark", () => {
    const [, section = ""] = page.split("### Reserved names");
    const [names = "", rest = ""] = section.split("### Marks");
    for (const key of reservedKeys) expect(names).toContain(`\`${key}\``);
    for (const key of reservedKeys.slice(4)) expect(rest).toContain(`| \`${key}\` |`);
  });

  it.each<[string, ...number[]]>([
    ["bytes of the whole text (UTF-8)", createdEventMaxBytes, createdEventMinBytes, eventLimits.maxBytes],
    ["attributes", createdEventMaxAttributes, eventLimits.maxKeys],
    ["levels of objects and lists, the event counted", maxDepth, eventLimits.maxDepth],
    ["`event_id`", maxIdChars],
    ["`event_type`", maxTypeChars],
    ["`event_name`", maxNameChars],
  ])("has the limits of %s", (what, ...limits) => {
    const [, section = ""] = page.split("## Limits");
    const row = section.split("\n").find((line) => line.startsWith(`| ${what} |`)) ?? "";
    for (const limit of limits) expect(row).toContain(withCommas(limit));
  });

  it("says how much an attribute may hold", () => {
    expect(page).toContain(`${withCommas(maxValues)} values`);
  });
});
