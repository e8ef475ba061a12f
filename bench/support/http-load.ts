/** Sends requests over a few connections, each the next one as soon as its answer is there. */
import { connect, type Socket } from "node:net";
import { type BodyPool, eventsPerBody } from "./http-bodies.ts";

export interface LoadResult {
  readonly wallMs: number;
  /** Milliseconds from the first byte of a request to the last of its answer, ascending. */
  readonly latenciesMs: readonly number[];
}

/** Connections that stay open over all rounds of one server. */
export class LoadGenerator {
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async connect(port: number, connections: number): Promise<LoadGenerator> {
    const sockets = Array.from({ length: connections }, () =>
      connect({ port, host: "127.0.0.1", noDelay: true }),
    );
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    return new LoadGenerator(sockets);
  }

  /** Throws when one answer is not a 202 for every event. */
  async run(requests: number, pool: BodyPool): Promise<LoadResult> {
    const latenciesMs: number[] = [];
    let left = requests;
    const startedAt = performance.now();
    await Promise.all(
      this.#sockets.map(async (socket) => {
        while (left-- > 0) {
          const sentAt = performance.now();
          const answer = await exchange(socket, pool.next());
          latenciesMs.push(performance.now() - sentAt);
          if (!answer.startsWith("HTTP/1.1 202 ") || !answer.includes(`"accepted":${eventsPerBody},`)) {
            throw new Error(`the server answered ${answer.slice(0, 300)}`);
          }
        }
      }),
    );
    return { wallMs: performance.now() - startedAt, latenciesMs: latenciesMs.toSorted((a, b) => a - b) };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function exchange(socket: Socket, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const done = (settle: () => void): void => {
      socket.off("data", take).off("close", fail);
      settle();
    };
    const take = (chunk: Buffer): void => {
      received += chunk.toString("latin1");
      if (isWhole(received)) done(() => resolve(received));
    };
    const fail = (): void => done(() => reject(new Error("the server closed the connection")));
    socket.on("data", take).on("close", fail);
    socket.write(request);
  });
}

function isWhole(received: string): boolean {
  const head = received.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1];
  return length === undefined
    ? received.endsWith("\r\n0\r\n\r\n")
    : received.length >= head + 4 + Number(length);
}
