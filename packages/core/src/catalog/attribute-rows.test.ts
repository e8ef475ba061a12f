import { describe, expect, it } from "@jest/globals";
import { attributeRows } from "./attribute-rows.ts";
import { describeType } from "./describe-type.ts";
import type { JsonSchema } from "./json-schema.ts";

/** Rows as `name: type` with `?` behind the name where the attribute is optional. */
function rows(schema: JsonSchema): readonly string[] {
  return attributeRows(schema).map(({ name, type, required }) => `${name}${required ? "" : "?"}: ${type}`);
}

const text = { type: "string" };

describe("attributeRows", () => {
  it("lists nested attributes after the one that holds them", () => {
    const item = { type: "object", properties: { price: { type: "number" } }, required: ["price"] };
    const order = { type: "object", properties: { items: { type: "array", items: item } } };
    expect(rows({ type: "object", properties: { order, after: text } })).toEqual([
      "order?: object",
      "order.items?: array of object",
      "order.items[].price: number",
      "after?: string",
    ]);
  });

  it("follows references, and tells a schema that contains itself once", () => {
    const node = {
      type: "object",
      properties: { label: text, next: { $ref: "#/$defs/a~1b" } },
      required: ["label"],
    };
    expect(rows({ $ref: "#/$defs/a~1b", $defs: { "a/b": node } })).toEqual([
      "label: string",
      "next?: object",
    ]);
    expect(rows({ type: "object", properties: { list: { type: "array", items: { $ref: "#" } } } })).toEqual([
      "list?: array of object",
    ]);
    expect(rows({ allOf: [{ $ref: "#" }], properties: { a: text } })).toEqual(["a?: string"]);
  });

  it("requires of alternatives what all of them require, and of parts what one requires", () => {
    const a = { properties: { kind: { const: "a" }, both: text }, required: ["kind", "both"] };
    const b = { properties: { kind: { const: "b" }, both: text, only: text }, required: ["kind", "only"] };
    const alternatives = ['kind: `"a"` or `"b"`', "both?: string", "only?: string"];
    expect(rows({ oneOf: [a, b] })).toEqual(alternatives);
    expect(rows({ anyOf: [a, b] })).toEqual(alternatives);
    expect(rows({ allOf: [a, b] })).toEqual(['kind: `"a"` or `"b"`', "both: string", "only: string"]);
  });

  it("takes the first description there is", () => {
    const described = { ...text, description: "Text" };
    const schema = { anyOf: [{ properties: { a: text } }, { properties: { a: described } }] };
    expect(attributeRows(schema).map(({ description }) => description)).toEqual(["Text"]);
  });

  it("reads nothing from what is no schema", () => {
    expect(rows({ properties: { a: true, b: null }, required: "a", anyOf: {} })).toEqual([
      "a?: any",
      "b?: any",
    ]);
    expect(rows({ $ref: "https://example.com/other.json" })).toEqual([]);
    expect(rows({ $ref: "#/$defs/missing" })).toEqual([]);
  });
});

describe("describeType", () => {
  it.each<[JsonSchema, string]>([
    [{ type: "integer" }, "integer"],
    [{ type: ["string", "null"] }, "string or null"],
    [{ type: "string", format: "uri" }, "string (uri)"],
    [{ const: 3 }, "`3`"],
    [{ enum: ["a", null, "`"] }, '`"a"` or `null` or `"\'"`'],
    [{ anyOf: [{ type: "number" }, { const: "x" }, { type: "number" }] }, 'number or `"x"`'],
    [{ oneOf: [{ type: "boolean" }] }, "boolean"],
    [{ type: "array", items: { type: "array", items: { type: "number" } } }, "array of array of number"],
    [{ type: "array" }, "array"],
    [{}, "any"],
  ])("of %j is %s", (schema, expected) => {
    expect(describeType(schema, schema)).toBe(expected);
  });

  it("ends for a list of itself", () => {
    const list = { type: "array", items: { $ref: "#" } };
    expect(describeType(list, list)).toBe("array of array of array of array of array of any");
  });
});
