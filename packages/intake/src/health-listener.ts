import type { NodeServerOptions } from "@activity/proxy/node";

/** Answers `/healthz` (this process lives) and `/readyz` (it takes events); and leaves everything else. */
export function createHealthListener(isReady: () => boolean): NonNullable<NodeServerOptions["otherwise"]> {
  return (request, response, notFound) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/healthz" && path !== "/readyz") {
      notFound();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    const good = path === "/healthz" || isReady();
    response.writeHead(good ? 200 : 503, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify({ status: good ? "ok" : "draining" }));
  };
}
