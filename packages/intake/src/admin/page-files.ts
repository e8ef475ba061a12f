import { readdirSync, readFileSync } from "node:fs";

/** A file of the live page as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Reads the live page, by path. `packageFolder` is where this package stands. @throws when they cannot be read. */
export function readPageFiles(packageFolder: URL): ReadonlyMap<string, PageFile> {
  const folder = new URL("page/", packageFolder);
  const files = new Map<string, PageFile>();
  for (const name of readdirSync(folder)) {
    const type = types[name.slice(name.lastIndexOf(".") + 1)];
    if (type === undefined) continue;
    files.set(name === "index.html" ? "/" : `/${name}`, { type, body: readFileSync(new URL(name, folder)) });
  }
  return files;
}
