import type { AsyncLocalStorage } from "node:async_hooks";
import type { Attributes } from "../event/activity-event.ts";

/** What is known of one async context. */
export interface ContextFrame {
  /** Replaced as a whole when attributes are added, so that whoever holds the old ones keeps them. */
  attributes: Attributes;
}

/** One store for all copies of this package in a process: ES module, CommonJS, duplicate installs. */
const storeKey = Symbol.for("@activity/context");

const shared = globalThis as { [storeKey]?: AsyncLocalStorage<ContextFrame> }; // Only `contextStore` writes the key.

/** The store of this process, made at first use: most commands know no contexts, and `node:async_hooks` is not loaded. */
export function contextStore(): AsyncLocalStorage<ContextFrame> {
  const known = shared[storeKey];
  if (known !== undefined) return known;
  const hooks = process.getBuiltinModule("node:async_hooks");
  const made = new hooks.AsyncLocalStorage<ContextFrame>();
  shared[storeKey] = made;
  return made;
}

/** What is known of the current async context. Makes no store: where there is none, nothing ran in a context. */
export function currentFrame(): ContextFrame | undefined {
  return shared[storeKey]?.getStore();
}
