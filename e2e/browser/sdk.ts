/** What a page of a disaster has in it: an SDK behind four calls, so that one disaster serves all of them. */
import { fileURLToPath } from "node:url";
import type { BrowserClient } from "@activity/browser";
import type { BuildOptions } from "esbuild";
import { build } from "esbuild";
import type { SiteFile } from "./site.ts";

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
  /** What the script loads later, by its paths. */
  readonly files?: ReadonlyMap<string, SiteFile>;
  /** Where its events are posted, if they go through our proxy. */
  readonly proxyPath?: string;
  /** For the reader: its version and settings. */
  readonly settings: string;
}

const folder = fileURLToPath(new URL(".", import.meta.url));

/** A page's script of a piece of code, minified, from sources or from what is installed for a folder. */
export function bundlePage(code: string, resolveDir: string = folder): Promise<string> {
  return bundle({ stdin: { contents: code, resolveDir, loader: "ts" } });
}

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    format: "iife",
    ...options,
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    conditions: ["@activity/source", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** What sends, as the build makes a file of its own of it, which a page loads later. */
const sending = "delivery.ts";

const ours = `
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
`;

/** Ours in one file, as the script tag has it, and a service worker needs it. */
export function ourScript(): Promise<string> {
  return bundlePage(ours);
}

/** Ours, with its defaults, split as bundlers do; consent is given when the page is made. */
export async function ourSdk(): Promise<Sdk> {
  const [script, body] = await Promise.all([
    bundle({ stdin: { contents: ours, resolveDir: folder, loader: "ts" }, external: [`*/${sending}`] }),
    bundle({
      entryPoints: [fileURLToPath(new URL(`../../packages/browser/src/${sending}`, import.meta.url))],
      format: "esm",
    }),
  ]);
  return {
    name: "@activity/browser",
    script,
    files: new Map([[`/${sending}`, { type: "text/javascript", body }]]),
    proxyPath: "/v1/events",
    settings: "defaults, consent granted",
  };
}
