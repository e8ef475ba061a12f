import { describe, expect, it } from "@jest/globals";
import { repeatsEnvelopeField } from "./repeated-fields.ts";

const fields = '"event_id":"1","event_time":"2","event_type":"3","event_name":"4"';

describe("repeatsEnvelopeField", () => {
  it.each([
    ["once", `{${fields}}`, false],
    ["twice", `{${fields},"event_id":"5"}`, true],
    ["twice, once with an escape", `{${fields},"\\u0065vent_id":"5"}`, true],
    ["twice, with blanks before the colon", `{${fields},"event_name" \n :"5"}`, true],
    ["once, and as a value", `{${fields},"a":"event_id"}`, false],
    ["once, and in a nest", `{${fields},"a":{"event_id":[{"event_id":1}]}}`, false],
    ["once, and in a list behind a nest", `{${fields},"a":[{}],"b":["event_id"]}`, false],
    ["once, and inside a string with quotes", `{${fields},"a":"\\"event_id\\":\\\\"}`, false],
    ["once, and inside a string behind one quote", `{${fields},"a":"\\",\\"event_id\\":1"}`, false],
    ["twice, behind a string with one quote", `{"a":"\\"",${fields},"event_type":1}`, true],
    ["twice, behind a string that ends in a backslash", `{"a":"\\\\",${fields},"event_type":1}`, true],
    ["twice, behind a nest", `{"a":[{"b":[1]}],${fields},"event_type":1}`, true],
  ])("tells fields that are there %s", (_, text, repeats) => {
    expect(repeatsEnvelopeField(text)).toBe(repeats);
  });
});
