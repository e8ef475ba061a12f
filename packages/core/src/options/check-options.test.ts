import { describe, expect, it } from "@jest/globals";
import { noopSink } from "../sinks/noop-sink.ts";
import type { OptionRules } from "./check-options.ts";
import { checkOptions } from "./check-options.ts";
import { mayBe, optionRule, required, secret } from "./option-rule.ts";

interface Options {
  readonly sink: unknown;
  readonly ack?: string;
  readonly stamp?: readonly string[];
  readonly hosts?: "loopback" | readonly string[];
  readonly limits?: { readonly maxBodyBytes?: number; readonly ports?: number };
  readonly dedupe?: false | { readonly maxIds?: number };
  readonly token?: string;
  readonly path?: string;
  readonly strict?: boolean;
  readonly onProblem?: () => void;
}

const rules: OptionRules<Options> = {
  sink: required(mayBe.sink),
  ack: mayBe.oneOf(["queued", "durable"]),
  stamp: mayBe.listOf(["received_at", "sent_at"]),
  hosts: mayBe.either(mayBe.oneOf(["loopback"]), mayBe.texts),
  limits: mayBe.object({ maxBodyBytes: mayBe.number(1), ports: mayBe.number(0, 65_535) }),
  dedupe: mayBe.either(mayBe.oneOf([false]), mayBe.object({ maxIds: mayBe.number(1) })),
  token: secret(mayBe.text),
  path: optionRule(
    "a path that begins with /",
    (value) => typeof value === "string" && value.startsWith("/"),
  ),
  strict: mayBe.flag,
  onProblem: mayBe.callback,
};
const sink = noopSink();
const check = (options: unknown) => (): void => checkOptions("createThing", options, rules);

describe("options", () => {
  it.each<[string, object]>([
    ["only what is needed", {}],
    ["undefined for what is left out, also under a wrong name", { ack: undefined, akc: undefined }],
    [
      "values that are allowed",
      { ack: "durable", stamp: ["sent_at"], hosts: "loopback", token: "t", path: "/v1" },
    ],
    [
      "the other kind of value",
      { hosts: ["a.example"], dedupe: false, strict: false, onProblem: () => undefined },
    ],
    ["members", { limits: { maxBodyBytes: Number.POSITIVE_INFINITY, ports: 0 }, dedupe: { maxIds: 1 } }],
  ])("may be %s", (_, options) => {
    expect(check({ sink, ...options })).not.toThrow();
  });

  it.each<[string, object]>([
    ['createThing has no option "stmap"; did you mean "stamp"?', { stmap: [] }],
    [
      'createThing has no option "hook"; it has sink, ack, stamp, hosts, limits, dedupe, token, path, strict, onProblem',
      { hook: 1 },
    ],
    [
      'limits of createThing has no option "maxBody"; did you mean "maxBodyBytes"?',
      { limits: { maxBody: 1 } },
    ],
    ['dedupe of createThing has no option "maxIDs"; did you mean "maxIds"?', { dedupe: { maxIDs: 1 } }],
    ['ack is "yes"; it must be one of "queued", "durable"', { ack: "yes" }],
    ['stamp is ["recieved_at"]; it must be a list of "received_at", "sent_at"', { stamp: ["recieved_at"] }],
    ['stamp is "sent_at"; it must be a list of "received_at", "sent_at"', { stamp: "sent_at" }],
    ['hosts is "local"; it must be "loopback", or a list of texts', { hosts: "local" }],
    ["limits is a list; it must be an object", { limits: [1] }],
    ["limits.ports is 65536; it must be a number from 0 to 65535", { limits: { ports: 65_536 } }],
    ["limits.maxBodyBytes is NaN; it must be a number, 1 or more", { limits: { maxBodyBytes: Number.NaN } }],
    ["dedupe is true; it must be false, or an object", { dedupe: true }],
    ['strict is "yes"; it must be true or false', { strict: "yes" }],
    ["onProblem is an object; it must be a function", { onProblem: {} }],
    ["path is null; it must be a path that begins with /", { path: null }],
    [`path is "${"v".repeat(64)}…; it must be a path that begins with /`, { path: "v".repeat(70) }],
    ["sink is a function; it must be a sink, such as memorySink()", { sink: () => undefined }],
    ["sink is an object; it must be a sink, such as memorySink()", { sink: { record: () => undefined } }],
    ["sink is undefined; it must be a sink, such as memorySink()", { sink: undefined }],
  ])("are refused: %s", (message, options) => {
    expect(check({ sink, ...options })).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    ["https://a.example", '"https://a.example"'],
    [[sink], "a list"],
    [() => sink, "a function"],
  ])("are an object, and not %p", (options, shown) => {
    const message = `the argument of createThing is ${shown}; it must be an object with sink`;
    expect(check(options)).toThrow(message);
  });

  it("never show a secret", () => {
    const message = "token cannot be used; it must be a text that is not empty";
    expect(check({ sink, token: ["s3cret"] })).toThrow(expect.objectContaining({ message }));
  });
});
