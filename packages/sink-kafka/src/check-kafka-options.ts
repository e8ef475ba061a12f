import type { OptionRule, OptionRules } from "@activity/core/options";
import { checkOptions, mayBe, optionRule, required, secret } from "@activity/core/options";
import type { KafkaSinkOptions } from "./kafka-sink.ts";

/** @throws INVALID_OPTION for an option of `kafkaSink` that is none, is missing, or is of the wrong kind. */
export function checkKafkaOptions(options: unknown): void {
  checkOptions("kafkaSink", options, rules);
}

const mechanisms = ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"] as const;

/** What else may be wrong with it is said by whoever uses it. */
const there = (allowed: string): OptionRule => optionRule(allowed, (value) => value !== undefined);
const anObject = optionRule("an object", isObject);

const sasl: OptionRule = {
  ...optionRule(
    'an object with mechanism, and with username and password or (for "oauthbearer") token',
    isLogin,
  ),
  members: {
    mechanism: required(mayBe.oneOf(mechanisms)),
    username: mayBe.text,
    password: secret(mayBe.text),
    token: mayBe.callback,
  },
};

const rules: OptionRules<KafkaSinkOptions> = {
  brokers: required(there("host:port of one or more brokers")),
  topic: required(there("the name of a topic, or an object of them by event type")),
  clientId: mayBe.text,
  sasl,
  ssl: mayBe.either(mayBe.flag, anObject),
  compression: there("a compression"),
  idempotent: mayBe.flag,
  connectTimeoutMs: mayBe.number(1),
  requestTimeoutMs: mayBe.number(1),
  keyBy: mayBe.either(mayBe.text, mayBe.callback),
  dedupe: there('"partition"'),
  headers: mayBe.callback,
  lanes: there("a number"),
  deadLetters: mayBe.either(mayBe.text, mayBe.callback),
  spool: mayBe.either(
    mayBe.flag,
    optionRule("a path", (value) => typeof value === "string"),
  ),
  app: mayBe.text,
  spoolMaxBytes: mayBe.number(1),
  memory: mayBe.object({ maxEvents: mayBe.number(1), maxBytes: mayBe.number(1) }),
  store: mayBe.having("a store", ["append", "lease", "settle", "release", "evict", "close"]),
  lingerMs: there("a number"),
  maxAgeMs: there("a number"),
  retry: anObject,
  importanceOf: mayBe.callback,
  announceDrops: mayBe.flag,
  onProblem: mayBe.callback,
  clock: mayBe.clock,
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A login that is whole, or whose mechanism nobody knows, which is said then. */
function isLogin(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { mechanism, username, password, token } = value;
  if (!mechanisms.some((known) => known === mechanism)) return true;
  return mechanism === "oauthbearer" ? token !== undefined : username !== undefined && password !== undefined;
}
