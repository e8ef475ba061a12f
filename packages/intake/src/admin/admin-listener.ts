import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AdminSettings } from "../settings/intake-settings.ts";
import { createAdminGuard } from "./admin-guard.ts";
import type { PageFile } from "./page-files.ts";

/** What an answer of the admin listener holds. */
export interface AdminAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string | Buffer;
}

/** What answers one path. `text` is the body of a POST. */
export type AdminRoute =
  | { readonly method: "GET"; answer(): AdminAnswer | Promise<AdminAnswer> }
  | { readonly method: "GET"; stream(request: IncomingMessage, response: ServerResponse): void }
  | { readonly method: "POST"; answer(text: string): AdminAnswer | Promise<AdminAnswer> };

/** What the admin listener is made of. */
export interface AdminListenerOptions extends AdminSettings {
  /** The intake's own port. */
  readonly intakePort: number;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly routes: Readonly<Record<string, AdminRoute>>;
}

/** The listener for those who run the intake. */
export interface AdminListener {
  /** The address of the live page. Rejects where a port that was asked for is taken. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

const maxTextBytes = 65_536;
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export function createAdminListener(options: AdminListenerOptions): AdminListener {
  const guard = createAdminGuard(options);
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      const refusal = path === "/healthz" ? undefined : guard(request);
      if (refusal !== undefined) {
        if (refusal.status === 401)
          response.setHeader("www-authenticate", 'Basic realm="activity intake", charset="UTF-8"');
        send(response, { status: refusal.status, body: `${refusal.detail}\n` });
        return;
      }
      answer(request, response, { path, options }).catch((error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        if (!response.headersSent) send(response, { status: 500, body: `${detail}\n` });
      });
    },
  );
  server.maxConnections = 256;
  return {
    listen: () => listen(server, options),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

interface RouteContext {
  readonly path: string;
  readonly options: AdminListenerOptions;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { path, options }: RouteContext,
): Promise<void> {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const file = options.page.get(path);
  const route = file === undefined ? routeOf(options.routes, path) : undefined;
  if (file === undefined && route === undefined) {
    return send(response, { status: 404, body: "there is nothing here\n" });
  }
  const allowed = route?.method ?? "GET";
  if (method !== allowed) {
    response.setHeader("allow", allowed === "GET" ? "GET, HEAD" : allowed);
    return send(response, { status: 405, body: `this is asked for with ${allowed}\n` });
  }
  if (file !== undefined) return send(response, file);
  if (route === undefined) return;
  if ("stream" in route) return route.stream(request, response);
  if (route.method === "GET") return send(response, await route.answer());
  const text = await readText(request);
  if (text === undefined)
    return send(response, { status: 413, body: `a query may have ${maxTextBytes} bytes\n` });
  send(response, await route.answer(text));
}

function routeOf(routes: AdminListenerOptions["routes"], path: string): AdminRoute | undefined {
  return Object.hasOwn(routes, path) ? routes[path] : undefined;
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxTextBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(
  response: ServerResponse,
  { status = 200, type = "text/plain; charset=utf-8", body }: AdminAnswer,
): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Without a port that was asked for, the one after the intake's is nice to have and no more. */
async function listen(server: Server, { host, port, intakePort }: AdminListenerOptions): Promise<string> {
  const next = intakePort < 65_535 ? intakePort + 1 : 0;
  try {
    await listenOn(server, { host, port: port ?? next });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // What listening throws has a code.
    if (port !== undefined || code !== "EADDRINUSE") throw error;
    await listenOn(server, { host, port: 0 });
  }
  const { port: bound } = server.address() as AddressInfo; // A server on a port has no other kind of address.
  return `http://${host.includes(":") ? `[${host}]` : host}:${bound}/`;
}

function listenOn(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
