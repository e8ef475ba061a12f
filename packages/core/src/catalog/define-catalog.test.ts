import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { defineCatalog } from "./define-catalog.ts";

describe("defineCatalog", () => {
  it("makes a frozen catalog that later changes of its input do not reach", () => {
    const behavioral: Record<string, null> = { deploy_start: null };
    const catalog = defineCatalog({ behavioral }, { open: ["log"] });
    behavioral["added_later"] = null;
    expect(catalog.definitions).toEqual({ behavioral: { deploy_start: null } });
    expect(
      [catalog, catalog.definitions, catalog.definitions.behavioral, catalog.open].every(Object.isFrozen),
    ).toBe(true);
  });

  it("takes schemas that are functions", () => {
    const schema = Object.assign(() => {}, { "~standard": v.object({})["~standard"] });
    expect(defineCatalog({ log: { line: schema } }).check("log", "line")).toEqual([]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a blank type",
      () => defineCatalog({ " ": {} }),
      'In definitions of a catalog: event_type is " "; it must be 1–128 characters, not all blank',
    ],
    [
      "a blank name",
      () => defineCatalog({ log: { "": null } }),
      'In definitions of "log" of a catalog: event_name is ""; it must be 1–256 characters, not all blank',
    ],
    [
      "a blank open type",
      () => defineCatalog({}, { open: [""] }),
      'In open of a catalog: event_type is ""; it must be 1–128 characters, not all blank',
    ],
    [
      "names that are no object",
      () => defineCatalog({ log: null as never }),
      "The catalog defines log as null; it must be an object of names",
    ],
    [
      "a definition that is no schema",
      () => defineCatalog({ log: { line: {} as never } }),
      "The catalog defines log line as object; it must be a Standard Schema, or null for an event without attributes",
    ],
    [
      "a definition that is text",
      () => defineCatalog({ log: { line: "text" as never } }),
      "The catalog defines log line as string; it must be a Standard Schema, or null for an event without attributes",
    ],
    [
      "a schema without validate",
      () => defineCatalog({ log: { line: { "~standard": {} } as never } }),
      "The catalog defines log line as object; it must be a Standard Schema, or null for an event without attributes",
    ],
  ])("refuses %s", (_, define, message) => {
    expect(define).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });
});
