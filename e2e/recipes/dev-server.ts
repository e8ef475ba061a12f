/** A dev server that passes events on: `node dev-server.ts TARGET true|false`, the latter for `changeOrigin`. */
import type { AddressInfo } from "node:net";
import { createServer } from "vite";

const [target = "", changeOrigin] = process.argv.slice(2);
const vite = await createServer({
  configFile: false,
  logLevel: "silent",
  root: import.meta.dirname,
  optimizeDeps: { noDiscovery: true },
  server: {
    host: "127.0.0.1",
    port: 0,
    watch: null,
    hmr: false,
    proxy: { "/v1/events": { target, changeOrigin: changeOrigin === "true" } },
  },
});
await vite.listen();
const address = vite.httpServer?.address() as AddressInfo | null; // On a port.
process.send?.(address?.port);
process.once("disconnect", () => process.exit());
