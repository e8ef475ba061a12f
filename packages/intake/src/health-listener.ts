import type { RequestListener } from "node:http";

/** Answers `/healthz` (this process lives) and `/readyz` (it takes events); everything else is 404. */
export function createHealthListener(isReady: () => boolean): RequestListener {
  return (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/healthz" && path !== "/readyz") {
      response.writeHead(404).end();
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
