import type { IncomingMessage, ServerResponse } from "node:http";
import type { RefusalCode } from "@activity/core";
import { httpContract, quote } from "@activity/core";
import { pathOf } from "./node-request.ts";

/** Answers a request for another path than that of events, and says which one that is: 404 is often a typo. */
export function answerNotFound(request: IncomingMessage, response: ServerResponse, eventsPath: string): void {
  const code: RefusalCode = "not_found";
  const detail = `nothing is at ${quote(pathOf(request))}; events are posted to ${eventsPath}`;
  response.writeHead(404, { "content-type": httpContract.problemContentType });
  response.end(JSON.stringify({ title: "Not Found", status: 404, code, detail }));
  if (!request.readableEnded) request.resume();
}
