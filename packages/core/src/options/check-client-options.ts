import type { ClientOptions, Service } from "../client/client.ts";
import type { OptionRules } from "./check-options.ts";
import { checkOptions } from "./check-options.ts";
import { mayBe, optionRule, required } from "./option-rule.ts";

/** @throws INVALID_OPTION for an option of `createClient` that is none, is missing, or is of the wrong kind. */
export function checkClientOptions(options: unknown): void {
  checkOptions("createClient", options, rules);
}

const text = optionRule("a text", (value) => typeof value === "string");
const name = optionRule(
  "a text that is not blank",
  (value) => typeof value === "string" && value.trim() !== "",
);
/** The main entry checks the value. */
const any = optionRule("set", () => true);

const service: OptionRules<Service> = { name: required(name), version: text, commit: text };

const rules: OptionRules<ClientOptions> = {
  sink: any,
  service: { ...mayBe.object(service), allowed: "an object with name" },
  isDev: mayBe.flag,
  installId: text,
  attributes: optionRule("an object", (value) => typeof value === "object" && value !== null),
  context: mayBe.callback,
  catalog: mayBe.having("a catalog, as defineCatalog makes it", ["check"]),
  catalogCheck: mayBe.oneOf(["off", "report", "refuse"]),
  beforeRecord: mayBe.callback,
  sample: any,
  maxEventBytes: any,
  onProblem: mayBe.callback,
  strict: mayBe.flag,
  createId: mayBe.callback,
  clock: mayBe.having("a clock", ["now", "random"]),
};
