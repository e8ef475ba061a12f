/** A server with a proxy in a process of its own, and clients that write what they like onto its socket. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

/** What a server says of itself. */
export interface ProxyState {
  /** Ids that were written, in order, repeats too. */
  readonly ids: readonly string[];
  readonly heldBytes: number;
  /** The most memory that it has ever had, in bytes. */
  readonly peakBytes: number;
}

export interface HttpProxy {
  readonly port: number;
  readonly url: string;
  state(): Promise<ProxyState>;
  /** Asks it to end and resolves with what it was left with. */
  close(): Promise<ProxyState>;
}

const running = new Set<ChildProcess>();

export async function startHttpProxy(
  settings: { readonly bodyTimeoutMs?: number; readonly writeMs?: number } = {},
): Promise<HttpProxy> {
  const child = fork(new URL("http-proxy-process.ts", import.meta.url), [JSON.stringify(settings)], {
    execArgv: ["--conditions=@activity/source", "--disable-warning=ExperimentalWarning"],
  });
  running.add(child);
  const [port] = (await once(child, "message")) as [number]; // The first thing that it says.
  const ask = async (question: "state" | "close"): Promise<ProxyState> => {
    const answered = once(child, "message");
    child.send(question);
    const [state] = (await answered) as [ProxyState]; // It answers with nothing else.
    return state;
  };
  return {
    port,
    url: `http://127.0.0.1:${port}/v1/events`,
    state: () => ask("state"),
    close: () => ask("close"),
  };
}

export async function stopHttpProxies(): Promise<void> {
  for (const child of running) {
    const ended = once(child, "exit");
    if (child.kill("SIGKILL")) await ended;
  }
  running.clear();
}

export function eventText(id: string, attributes: object = {}): string {
  const envelope = {
    event_id: id,
    event_time: "2026-01-02T03:04:05.678Z",
    event_type: "behavioral",
    event_name: "click",
  };
  return JSON.stringify({ ...envelope, ...attributes });
}

/** The head of a POST. */
export function head(headers: Readonly<Record<string, string | number>>): string {
  const all = { Host: "localhost", "Content-Type": "application/x-ndjson", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /v1/events HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Sends bytes and gives what came back when the server closed the connection. */
export function exchange(port: number, parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.once("close", () => resolve(received));
    socket.once("error", (error) => (received === "" ? reject(error) : resolve(received)));
    for (const part of parts) socket.write(part);
  });
}

/** Statuses of the answers in what came back. */
export function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
