/** A relay between clients and a server on loopback, at which connections can be cut and answers withheld. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";

export interface TcpRelay {
  /** Where clients connect: `host:port`. */
  readonly address: string;
  /** Connections taken so far. */
  readonly taken: number;
  /** Where new connections lead. */
  leadTo(address: string): void;
  /** Breaks every connection. New ones are taken. */
  cut(): void;
  /** From now on requests pass and no answer comes back; `false` lets answers of new connections pass again. */
  withholdAnswers(withhold: boolean): void;
  /** Breaks every connection and takes no more. May be called twice. */
  close(): Promise<void>;
}

/** Starts one. Until {@link TcpRelay.leadTo} is called, it takes connections and never says a word. */
export async function startTcpRelay(): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  let target: string | undefined;
  let withheld = false;
  let taken = 0;

  const watch = (socket: Socket, peer: () => Socket | undefined): void => {
    sockets.add(socket);
    socket.on("error", () => undefined); // A broken connection is what this is for.
    socket.once("close", () => {
      sockets.delete(socket);
      peer()?.destroy();
    });
  };
  const server = createServer((client) => {
    taken++;
    if (target === undefined) return watch(client, () => undefined);
    const [host = "", port = ""] = target.split(":");
    const upstream = connect({ host, port: Number(port) });
    watch(client, () => upstream);
    watch(upstream, () => client);
    client.pipe(upstream);
    upstream.on("data", (bytes: Buffer) => {
      if (!withheld) client.write(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${address.port}`,
    get taken() {
      return taken;
    },
    leadTo: (to) => {
      target = to;
    },
    cut,
    withholdAnswers: (withhold) => {
      withheld = withhold;
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
