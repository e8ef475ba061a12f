import type { OptionRule, OptionRules } from "@activity/core/options";
import { checkOptions, mayBe, optionRule, required } from "@activity/core/options";
import type { NodeHandlerOptions } from "./node-handler.ts";
import type { NodeServerLimits, NodeServerOptions } from "./node-server.ts";

const path = optionRule(
  "a path that begins with /",
  (value) => typeof value === "string" && value.startsWith("/"),
);
const proxy = required(mayBe.having("a proxy that createProxy made", ["handle"]));
const serverProxy = required(mayBe.having("a proxy that createProxy made", ["handle", "drain"]));
const positive = mayBe.number(1);

const limits: OptionRules<NodeServerLimits> = {
  headersTimeoutMs: positive,
  requestTimeoutMs: positive,
  keepAliveMs: positive,
  maxHeaderBytes: positive,
  maxConnections: positive,
};
const serverRules: OptionRules<NodeServerOptions> = {
  host: mayBe.text,
  port: required(optionRule("a port from 0 to 65535", isPort)),
  path,
  otherwise: mayBe.callback,
  limits: mayBe.object(limits),
  clock: mayBe.clock,
};
const handlerRules: OptionRules<NodeHandlerOptions> = { path };

/** @throws INVALID_OPTION for what is no proxy, and an option that is none or cannot be. */
export function checkHandlerOptions(given: unknown, options: unknown): void {
  checkOptions("nodeHandler", { proxy: given }, { proxy });
  checkOptions("nodeHandler", options, handlerRules);
}

/** @throws INVALID_OPTION as above. */
export function checkServerOptions(given: unknown, options: unknown): void {
  checkOptions("createNodeServer", { proxy: given }, { proxy: serverProxy });
  checkOptions("createNodeServer", options, serverRules);
}

/** Of a plugin, whose options hold the host's own too. @throws INVALID_OPTION for what is no proxy, or a path that cannot be. */
export function checkPluginOptions(
  owner: string,
  options: { readonly proxy?: unknown; readonly path?: unknown },
): void {
  const rules: Readonly<Record<string, OptionRule>> = { proxy, path };
  checkOptions(owner, { proxy: options.proxy, path: options.path }, rules);
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}
