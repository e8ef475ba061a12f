import { invalidOption } from "@activity/core";
import type { OptionRules } from "@activity/core/options";
import { checkOptions, mayBe, optionRule, required, secret } from "@activity/core/options";
import type { IntakeOptions } from "./create-intake.ts";
import { isLoopback } from "./loopback.ts";

/**
 * Checks what only an intake asks for; the rest is the proxy's.
 *
 * @throws INVALID_OPTION for an option that is none or cannot be, and for an address that others reach while
 * nobody needs a key.
 */
export function checkIntakeOptions(options: IntakeOptions): void {
  checkOptions("createIntake", options, rules);
  const { host = "127.0.0.1", writeKeys = [], allowAnybody = false } = options;
  const anybody = Array.isArray(writeKeys) && writeKeys.length === 0;
  if (!anybody || allowAnybody || isLoopback(host)) return;
  throw invalidOption(
    "host",
    host,
    "a loopback address where there are no writeKeys: set writeKeys, or allowAnybody where something in front lets nobody else in",
  );
}

const proxys = optionRule("what createProxy takes", () => true);

const rules: OptionRules<IntakeOptions> = {
  sink: required(mayBe.sink),
  ack: proxys,
  writeKeys: secret(
    optionRule("a list of write keys, texts or names with hashes, or a source of them", areKeys),
  ),
  allowAnybody: mayBe.flag,
  host: mayBe.text,
  port: optionRule("a port from 0 to 65535", isPort),
  allowedOrigins: proxys,
  allowedHosts: proxys,
  stamp: proxys,
  limits: proxys,
  dedupe: proxys,
  knownIds: optionRule("an asynchronous stream of ids", isStream),
  clock: mayBe.clock,
  onAnswer: mayBe.callback,
  onProblem: mayBe.callback,
};

function areKeys(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isKey);
  return isObject(value) && typeof value["refresh"] === "function" && Array.isArray(value["keys"]);
}

function isKey(value: unknown): boolean {
  if (!isObject(value)) return typeof value === "string";
  return typeof value["name"] === "string" && /^[\da-f]{64}$/.test(String(value["sha256"]));
}

function isStream(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
