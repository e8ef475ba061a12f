/** A jest transform that strips TypeScript types with Node itself: no dependency, lines and columns kept. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const self = readFileSync(new URL(import.meta.url));

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: "strip" }) }),
  getCacheKey: (source, path, { configString }) =>
    createHash("sha1")
      .update(self)
      .update(process.version)
      .update(path)
      .update(source)
      .update(configString)
      .digest("hex"),
};
