/**
 * A collector that does nothing but answer, in a process of its own: prints its address; asked by GET, what it has taken
 * since it was asked before.
 */
import { createServer } from "node:http";
import type { Socket } from "node:net";

const nothing = { requests: 0, bodyBytes: 0, wireBytes: 0 };
let taken = { ...nothing };
let senders = new Set<Socket>();
const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.end(JSON.stringify({ ...taken, connections: senders.size }));
    taken = { ...nothing };
    senders = new Set();
    return;
  }
  taken.requests++;
  senders.add(request.socket);
  // The head as it stands on the wire, but for the letter case of names.
  taken.wireBytes += request.rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
  request.on("data", (chunk: Buffer) => {
    taken.bodyBytes += chunk.length;
    taken.wireBytes += chunk.length;
  });
  request.on("end", () => {
    response.writeHead(202, { "content-type": "application/json" });
    response.end("{}");
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    console.log(`http://127.0.0.1:${address.port}/v1/events`);
});
