/** What a page of a disaster has in it: an SDK behind four calls, so that one disaster serves all of them. */
import { fileURLToPath } from "node:url";
import type { BrowserClient } from "@activity/browser";
import { build } from "esbuild";

/** What the page's script puts on `globalThis`. */
export interface PageSdk {
  /** Records one event that carries the mark. */
  track(mark: string): void;
  /** Makes the visitor known. */
  identify?(userId: string): void;
  /** Ends the visitor. */
  reset?(): void;
  /** Ours only. */
  readonly client?: BrowserClient;
}

declare global {
  /** The SDK under trial, as the page sees it. */
  var sdk: PageSdk;
}

/** An SDK that can be put into a page. */
export interface Sdk {
  readonly name: string;
  /** The script of the page. */
  readonly script: string;
  /** Where its events are posted, if they go through our proxy. */
  readonly proxyPath?: string;
  /** For the reader: its version and settings. */
  readonly settings: string;
}

const folder = fileURLToPath(new URL(".", import.meta.url));

/** A page's script of a piece of code, minified, from sources or from what is installed for a folder. */
export async function bundlePage(code: string, resolveDir: string = folder): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    conditions: ["@activity/source", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** Ours, with its defaults; consent is given when the page is made. */
export async function ourSdk(): Promise<Sdk> {
  const script = await bundlePage(`
    import { createBrowserClient } from "@activity/browser";
    const client = createBrowserClient({
      url: "/v1/events", service: { name: "shop", version: "1.4.0" }, consent: "granted", onProblem: () => undefined,
    });
    globalThis.sdk = {
      client,
      track: (mark) => client.track("click", { mark, screen_name: "home" }),
      identify: (userId) => client.identify(userId),
      reset: () => client.reset(),
    };
  `);
  return {
    name: "@activity/browser",
    script,
    proxyPath: "/v1/events",
    settings: "defaults, consent granted",
  };
}
