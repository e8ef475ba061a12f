import { describe, expect, it } from "@jest/globals";
import { toJsonSchema as convert, toStandardJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { defineCatalog } from "./define-catalog.ts";
import { toJsonSchema } from "./to-json-schema.ts";

interface Tree {
  label: string;
  children?: Tree[] | undefined;
}

const tree: v.GenericSchema<Tree> = v.object({
  label: v.string(),
  children: v.optional(v.array(v.lazy(() => tree))),
});
const fourFields = {
  event_id: { $ref: "#/$defs/event_id" },
  event_time: { $ref: "#/$defs/event_time" },
};
const fourRequired = ["event_id", "event_time", "event_type", "event_name"];

/** The branches of the document of one catalog. */
function branches(...[definitions, options]: Parameters<typeof defineCatalog>): readonly unknown[] {
  return toJsonSchema(defineCatalog(definitions, options), { convert })["oneOf"] as unknown[]; // It always is a list.
}

describe("toJsonSchema", () => {
  it("describes each event with its four fields, by Standard JSON Schema or by the converter given", () => {
    const schema = v.pipe(
      v.object({ method: v.string(), note: v.optional(v.string()) }),
      v.description("A start"),
    );
    const expected = {
      title: "behavioral login_start",
      description: "A start",
      type: "object",
      properties: {
        ...fourFields,
        event_type: { const: "behavioral" },
        event_name: { const: "login_start" },
        method: { type: "string" },
        note: { type: "string" },
      },
      required: [...fourRequired, "method"],
    };
    const standard = defineCatalog({ behavioral: { login_start: toStandardJsonSchema(schema) } });
    expect(branches({ behavioral: { login_start: schema } })).toEqual([expected]);
    expect(toJsonSchema(standard)["oneOf"]).toEqual([expected]);
  });

  it("lets an event fit two alternatives that only their closed members kept apart", () => {
    const part = (name: string): object => ({ type: "object", properties: { [name]: { type: "string" } } });
    const closed = (name: string): object => ({ ...part(name), additionalProperties: false });
    const catalog = defineCatalog({ behavioral: { pay: v.object({}) } });
    const [closedBranch] = toJsonSchema(catalog, {
      convert: () => ({ type: "object", oneOf: [closed("card"), closed("cash")] }),
    })["oneOf"] as object[]; // As above.
    expect(closedBranch).toMatchObject({ allOf: [{ anyOf: [part("card"), part("cash")] }] });
    expect(closedBranch).not.toHaveProperty("oneOf");
    const [openBranch] = toJsonSchema(catalog, {
      convert: () => ({ type: "object", oneOf: [part("card"), part("cash")] }),
    })["oneOf"] as object[]; // As above.
    expect(openBranch).toMatchObject({ oneOf: [part("card"), part("cash")] });
  });

  it("is a document with an id, a title and the rules of the envelope", () => {
    const catalog = defineCatalog({ behavioral: { deploy_start: null } });
    expect(toJsonSchema(catalog, { id: "https://example.com/events.json", title: "Events" })).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://example.com/events.json",
      title: "Events",
      oneOf: [
        {
          title: "behavioral deploy_start",
          type: "object",
          properties: {
            ...fourFields,
            event_type: { const: "behavioral" },
            event_name: { const: "deploy_start" },
          },
          required: fourRequired,
        },
      ],
      $defs: {
        event_id: { type: "string", minLength: 1, maxLength: 128, pattern: "^[!-~]+$" },
        event_time: { type: "string", format: "date-time" },
      },
    });
  });

  it("describes open types, apart from the names defined in them", () => {
    const open = { type: "string", minLength: 1, maxLength: 256 };
    expect(branches({ error: { source_error: null } }, { open: ["log", "error"] }).slice(1)).toEqual([
      {
        title: "log (open)",
        type: "object",
        properties: { ...fourFields, event_type: { const: "log" }, event_name: open },
        required: fourRequired,
      },
      {
        title: "error (open)",
        type: "object",
        properties: {
          ...fourFields,
          event_type: { const: "error" },
          event_name: { ...open, not: { enum: ["source_error"] } },
        },
        required: fourRequired,
      },
    ]);
  });

  it("asks a metric for its value", () => {
    const value = { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
    expect(branches({ metric: { uptime_s: null } })).toMatchObject([
      { properties: { value }, required: [...fourRequired, "value"] },
    ]);
  });

  it("lets clients and contexts add attributes, whatever the schema says of others", () => {
    const strict = v.strictObject({ kind: v.literal("a"), inner: v.strictObject({}) });
    const text = JSON.stringify(
      branches({
        log: {
          strict,
          rest: v.objectWithRest({}, v.number()),
          record: v.record(v.string(), v.number()),
          variant: v.variant("kind", [strict, v.strictObject({ kind: v.literal("b") })]),
          both: v.intersect([strict, v.object({})]),
        },
      }),
    );
    // What is left stands in `inner`, which only the application fills: in strict, variant and both.
    expect(text.split("additionalProperties")).toHaveLength(1 + 3);
    expect(text).not.toContain("propertyNames");
  });

  it("keeps the references of a schema that contains itself working", () => {
    expect(branches({ "my type": { tree } })).toMatchObject([
      {
        properties: { event_type: { const: "my type" } },
        required: fourRequired,
        allOf: [{ $id: "my%20type/tree", required: ["label"], $defs: { 0: { type: "object" } } }],
      },
    ]);
  });

  it("of an empty catalog allows nothing", () => {
    expect(branches({})).toEqual([false]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a schema that nothing converts",
      () => toJsonSchema(defineCatalog({ log: { line: v.object({}) } })),
      "The schema of log line (valibot) does not offer JSON Schema: pass the option convert: toJsonSchema of @valibot/to-json-schema",
    ],
    [
      "a schema that the converter refuses",
      () => branches({ log: { line: v.object({ at: v.date() }) } }),
      "The schema of log line (valibot) could not be converted to JSON Schema: pass an option convert that can",
    ],
    [
      "an attribute that activity sets",
      () => branches({ log: { line: v.object({ event_id: v.string() }) } }),
      "The schema of log line describes the attribute event_id, which activity sets itself: take it out",
    ],
    [
      "the value of a metric",
      () => branches({ metric: { uptime_s: v.object({ value: v.number() }) } }),
      "The schema of metric uptime_s describes the attribute value, which activity sets itself: take it out",
    ],
  ])("refuses %s", (_, describeIt, message) => {
    expect(describeIt).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });

  it("names no converter for a library it does not know", () => {
    const validate = v.object({})["~standard"].validate;
    const catalog = defineCatalog({
      log: { line: { "~standard": { version: 1, vendor: "own", validate } } },
    });
    expect(() => toJsonSchema(catalog)).toThrow(
      "The schema of log line (own) does not offer JSON Schema: pass the option convert",
    );
  });

  it("keeps what a converter threw as the cause", () => {
    const cause = new Error("no");
    const convertIt = (): never => {
      throw cause;
    };
    const catalog = defineCatalog({ log: { line: v.object({}) } });
    expect(() => toJsonSchema(catalog, { convert: convertIt })).toThrow(expect.objectContaining({ cause }));
  });
});
