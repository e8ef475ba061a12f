/**
 * Ports for servers that must know theirs before they listen, or that come back to it. They lie below those that
 * systems give out by themselves: meanwhile nobody's connection or server of port 0 takes one.
 */
import { once } from "node:events";
import type { Server } from "node:net";
import { createServer } from "node:net";

const first = 12_000;
/** Each worker of jest has so many of its own: what one has chosen and does not listen on yet, no other one chooses. */
const ofEach = 2_500;
const shares = 8;
const given = new Set<number>();

/** Different ports of this machine that are free now. None is given twice by one process. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  while (servers.length < count) {
    const server = createServer();
    ports.push(await listenOnFreePort((port) => listen(server, port)));
    servers.push(server);
  }
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port ?? 0;
}

/** Has a server listen on a free port, which stays its own while it is down; resolves with the port. */
export async function listenOnFreePort(listenOn: (port: number) => Promise<void>): Promise<number> {
  for (let tries = 0; ; tries++) {
    const port = candidate();
    try {
      await listenOn(port);
      return port;
    } catch (cause) {
      if (tries === 100) throw cause;
    }
  }
}

function candidate(): number {
  const share = Number(process.env["JEST_WORKER_ID"] ?? 0) % shares;
  for (;;) {
    const port = first + share * ofEach + Math.floor(Math.random() * ofEach);
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}
