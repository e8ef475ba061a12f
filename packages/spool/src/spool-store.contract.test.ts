import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStoreContract } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { createSpoolStore } from "./index.ts";

const kit = { describe, expect, it };

describeStoreContract({
  name: "a spool",
  kit,
  create: (bounds) => {
    const directory = mkdtempSync(join(tmpdir(), "spool-"));
    const store = createSpoolStore({ ...bounds, directory, destination: "test" });
    return { store, dispose: () => rmSync(directory, { recursive: true }) };
  },
});

describeStoreContract({
  name: "a spool with tiny segments",
  kit,
  create: (bounds) => {
    const directory = mkdtempSync(join(tmpdir(), "spool-"));
    const store = createSpoolStore({ ...bounds, directory, destination: "test", segmentBytes: 250 });
    return { store, dispose: () => rmSync(directory, { recursive: true }) };
  },
});

describeStoreContract({
  name: "a spool that has no directory",
  kit,
  create: (bounds) => {
    const directory = mkdtempSync(join(tmpdir(), "spool-"));
    const file = join(directory, "file");
    writeFileSync(file, "");
    const store = createSpoolStore({ ...bounds, directory: file, destination: "test" });
    return { store, dispose: () => rmSync(directory, { recursive: true }) };
  },
});

describeStoreContract({
  name: "a spool that writes by the tick",
  kit,
  create: (bounds) => {
    const directory = mkdtempSync(join(tmpdir(), "spool-"));
    const store = createSpoolStore({
      ...bounds,
      directory,
      destination: "test",
      write: "tick",
      segmentBytes: 250,
    });
    return { store, dispose: () => rmSync(directory, { recursive: true }) };
  },
});
