import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  // Our own packages are taken from their sources, so that nothing has to be built before.
  resolve: { conditions: ["@activity/source", ...defaultClientConditions] },
  build: { target: "es2022", emptyOutDir: true },
});
