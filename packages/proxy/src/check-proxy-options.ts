import type { OptionRule, OptionRules } from "@activity/core/options";
import { checkOptions, mayBe, optionRule, required } from "@activity/core/options";
import type { DedupeOptions, ProxyLimits, ProxyOptions } from "./proxy-options.ts";
import type { RateLimit } from "./rate-limiter.ts";

/** @throws INVALID_OPTION for an option of `createProxy` that is none or cannot be. */
export function checkProxyOptions(options: unknown): void {
  checkOptions("createProxy", options, rules);
}

const positive = optionRule("more than 0", (value) => typeof value === "number" && value > 0);

const limits: OptionRules<ProxyLimits> = {
  maxBodyBytes: positive,
  maxEventBytes: positive,
  maxEvents: positive,
  maxDepth: positive,
  maxKeys: positive,
  maxBytesInFlight: positive,
  bodyTimeoutMs: positive,
  ackTimeoutMs: positive,
  maxFutureMs: positive,
};
const rateLimit: OptionRules<RateLimit> = {
  perMinute: required(positive),
  burst: positive,
  maxSenders: positive,
};
const dedupe: OptionRules<DedupeOptions> = { windowMs: positive, maxIds: positive, maxBytes: positive };

const rules: OptionRules<ProxyOptions> = {
  sink: required(mayBe.sink),
  ack: mayBe.oneOf(["queued", "durable", "delivered"]),
  limits: mayBe.object(limits),
  authenticate: mayBe.callback,
  credentials: mayBe.text,
  allowedOrigins: listOr("exact origins such as https://app.example.com", mayBe.callback),
  allowedHosts: listOr("names of hosts", mayBe.oneOf(["loopback"])),
  stamp: mayBe.listOf(["received_at", "sent_at"]),
  consent: mayBe.callback,
  rateLimit: mayBe.either(mayBe.object(rateLimit), mayBe.callback),
  trustedHops: optionRule("a count from 0", (value) => Number.isInteger(value) && Number(value) >= 0),
  reservedKeys: mayBe.texts,
  dedupe: mayBe.either(mayBe.oneOf([false]), mayBe.object(dedupe)),
  clock: mayBe.clock,
  onAnswer: mayBe.callback,
  onProblem: mayBe.callback,
};

function listOr(what: string, other: OptionRule): OptionRule {
  return mayBe.either({ ...mayBe.texts, allowed: `a list of ${what}` }, other);
}
