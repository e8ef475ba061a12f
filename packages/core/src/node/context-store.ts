import { AsyncLocalStorage } from "node:async_hooks";
import type { Attributes } from "../event/activity-event.ts";

/** What is known of one async context. */
export interface ContextFrame {
  /** Replaced as a whole when attributes are added, so that whoever holds the old ones keeps them. */
  attributes: Attributes;
}

/** One store for all copies of this package in a process: ES module, CommonJS, duplicate installs. */
const storeKey = Symbol.for("@activity/context");

/** The store of this process, made at first use. */
export function contextStore(): AsyncLocalStorage<ContextFrame> {
  const shared = globalThis as { [storeKey]?: AsyncLocalStorage<ContextFrame> }; // Only this function writes the key.
  shared[storeKey] ??= new AsyncLocalStorage<ContextFrame>();
  return shared[storeKey];
}
