import { describe, expect, it } from "@jest/globals";
import { bundle } from "../test/bundle.ts";

/** gzip bytes, minified, of "make a client and record one event", and what each plugin adds. */
const budget = { client: 11_900, pageViews: 700, errors: 400 };

const make = (plugins: string) =>
  `createBrowserClient({ url: "/v1/events", service: { name: "shop" }, plugins: [${plugins}] }).track("click");`;

describe("what a page must load", () => {
  it("keeps within its budget", async () => {
    const client = await bundle(`import { createBrowserClient } from "./src/index.ts"; ${make("")}`);
    const size = { client: client.gzipBytes, pageViews: 0, errors: 0 };
    for (const plugin of ["pageViews", "errors"] as const) {
      const code = `import { createBrowserClient, ${plugin} } from "./src/index.ts"; ${make(`${plugin}()`)}`;
      size[plugin] = (await bundle(code)).gzipBytes - client.gzipBytes;
    }
    process.stdout.write(`gzip bytes: ${JSON.stringify(size)}\n`);
    expect(size.client).toBeLessThanOrEqual(budget.client);
    expect(size.pageViews).toBeLessThanOrEqual(budget.pageViews);
    expect(size.errors).toBeLessThanOrEqual(budget.errors);
  });
});
