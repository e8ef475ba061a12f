import { createRequire } from "node:module";
import { join } from "node:path";
import { ActivityError } from "@activity/core";

/**
 * Loads a package that is used only where the host has installed it.
 *
 * @throws INVALID_OPTION with what to install, where it cannot be loaded.
 */
export function loadPeer(name: string, user: string): unknown {
  try {
    // A bundler may have taken this file away from where it was installed.
    return createRequire(import.meta.filename ?? join(process.cwd(), "index.js"))(name);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // What loading throws.
    const what = code === "MODULE_NOT_FOUND" ? "is not installed" : `cannot be loaded (${String(cause)})`;
    throw new ActivityError("INVALID_OPTION", `${name} ${what}; ${user} needs it: npm install ${name}`, {
      cause,
    });
  }
}
