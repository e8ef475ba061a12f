import { describe, expect, it } from "@jest/globals";
import { bundle, bundleSplit } from "../test/bundle.ts";

/** gzip bytes, minified, of "make a client and record one event". */
const budget = {
  /** What a page loads before its first event is recorded and safe. */
  atOnce: 5_000,
  /** What it loads afterwards, to send. */
  later: 9_300,
  /** Both in one file, as the script tag has it. */
  whole: 14_050,
  /** What plugins add at once. */
  pageViews: 300,
  errors: 400,
};

const make = (plugins = ""): string =>
  `createBrowserClient({ url: "/v1/events", service: { name: "shop" }, plugins: [${plugins}] }).track("click");`;
const client = `import { createBrowserClient } from "./src/index.ts"; ${make()}`;

describe("what a page must load", () => {
  it("keeps within its budget", async () => {
    const { atOnce, later } = await bundleSplit(client);
    const size = {
      atOnce: atOnce.gzipBytes,
      later: later.gzipBytes,
      whole: (await bundle(client)).gzipBytes,
      pageViews: 0,
      errors: 0,
    };
    for (const plugin of ["pageViews", "errors"] as const) {
      const code = `import { createBrowserClient, ${plugin} } from "./src/index.ts"; ${make(`${plugin}()`)}`;
      size[plugin] = (await bundleSplit(code)).atOnce.gzipBytes - atOnce.gzipBytes;
    }
    process.stdout.write(`gzip bytes: ${JSON.stringify(size)}\n`);
    for (const part of Object.keys(budget) as (keyof typeof budget)[])
      expect([part, size[part] <= budget[part]]).toEqual([part, true]);
  });
});
