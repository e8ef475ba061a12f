import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** A built page. */
export interface Page {
  /** Its folder, with a slash at the end. */
  readonly folder: URL;
  /** Members for the head of its `index.html`, by name: what the server tells the page. */
  readonly meta?: Readonly<Record<string, string>>;
}

/** Serves one file of a page; a path without an ending is one of the page's own screens. */
export async function servePage(
  page: Page,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://page");
  const ending = extname(pathname);
  const location = new URL(ending in types ? `.${pathname}` : "./index.html", page.folder);
  try {
    if (!location.href.startsWith(page.folder.href)) throw new Error("outside the page");
    const file = await readFile(location, "utf8");
    const isHtml = location.pathname.endsWith(".html");
    response.writeHead(200, {
      "content-type": types[extname(location.pathname)] ?? "application/octet-stream",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    response.end(isHtml ? withMeta(file, page.meta ?? {}) : file);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found; was the page built?");
  }
}

function withMeta(html: string, meta: Readonly<Record<string, string>>): string {
  const tags = Object.entries(meta).map(
    ([name, content]) => `<meta name="${name}" content="${content.replace(/[&"<]/g, escapeCharacter)}">`,
  );
  return html.replace("</head>", `${tags.join("")}</head>`);
}

function escapeCharacter(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
