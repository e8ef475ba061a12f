export { checkCalls } from "./check-calls.ts";
export { checkClientOptions } from "./check-client-options.ts";
export type { OptionKinds } from "./check-option-kinds.ts";
export { checkOptionKinds } from "./check-option-kinds.ts";
export type { OptionRule, OptionRules } from "./check-options.ts";
export { checkOptionNames, checkOptions } from "./check-options.ts";
export { closestName } from "./closest-name.ts";
export type { UsualRules } from "./option-rule.ts";
export { mayBe, optionRule, required, secret } from "./option-rule.ts";
