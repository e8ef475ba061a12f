/** One jest project a package, and one for each folder that spans packages. Tests run from source: no build is needed. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const shared = {
  extensionsToTreatAsEsm: [".ts"],
  testEnvironmentOptions: { customExportConditions: ["@activity/source", "node", "node-addons"] },
  transform: { "\\.ts$": path("tools/jest-strip-types.mjs") },
};

const packages = readdirSync(path("packages")).map((name) => ({
  ...shared,
  displayName: name,
  rootDir: `packages/${name}`,
  testMatch: ["<rootDir>/src/**/*.test.ts"],
  collectCoverageFrom: ["src/**/*.ts", "!src/**/*.test.ts"],
}));

const spanning = ["apps", "bench", "e2e", "tools"]
  .filter((name) => existsSync(path(name)))
  .map((name) => ({
    ...shared,
    displayName: name,
    rootDir: name,
    testMatch: ["<rootDir>/**/*.test.ts", "<rootDir>/**/*.test.mjs"],
    testPathIgnorePatterns: ["/node_modules/", "/consumers/"],
  }));

/** What core must reach, counted over its own tests: in every whole `npm test`, or with `-- --coverage --selectProjects core`. */
const coverageThreshold = { "./packages/core/src/": { lines: 95 } };

export default {
  projects: [...packages, ...spanning],
  coverageProvider: "v8",
  coverageThreshold,
  coverageReporters: ["text", "lcov"],
  maxWorkers: 2,
  // A bound for what hangs. A busy machine needs many times what a test takes alone.
  testTimeout: 240_000,
};
