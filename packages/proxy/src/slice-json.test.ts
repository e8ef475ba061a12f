import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sliceJson } from "./slice-json.ts";

const slices = (text: string): (string | undefined)[] =>
  sliceJson(text, text.search(/[[{]/)).map(({ start, end }) => text.slice(start, end));

describe("sliceJson", () => {
  it.each([
    ["[]", []],
    ["{ }", []],
    [" [ \n ] ", []],
    ["[1, 2.0 ,1e3]", ["1", "2.0", "1e3"]],
    ['["a,]\\"",{"b":[1,2]} , [[]]]', ['"a,]\\""', '{"b":[1,2]}', "[[]]"]],
    ['["\\\\","\\\\\\""]', ['"\\\\"', '"\\\\\\""']],
    ['{"a":1,"b":{"a":2}}', ["1", '{"a":2}']],
  ])("cuts %j", (text, expected) => {
    expect(slices(text)).toEqual(expected);
  });

  it("resolves the names of members", () => {
    expect(sliceJson('{"\\u0061":1, "b" :2}', 0).map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("stops after one part too many", () => {
    expect(sliceJson("[1,2,3,4,5]", 0, 2)).toHaveLength(3);
  });

  it("cuts any array of JSON into the texts it was made of", () => {
    const blank = fc.constantFrom("", " ", "\n", "\r\n\t");
    const parts = fc.array(fc.tuple(blank, fc.json({ maxDepth: 4 }), blank), { maxLength: 8 });
    fc.assert(
      fc.property(parts, (list) => {
        const text = `[${list.map((part) => part.join("")).join(",")}]`;
        expect(slices(text)).toEqual(list.map(([, json]) => json.trim()));
      }),
    );
  });
});
