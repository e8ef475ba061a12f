import type { Client, ClientOptions, ClientStats, Sink, TimeoutOptions } from "@activity/core";
import { consoleSink } from "@activity/core";
import { createClient } from "@activity/core/node";
import type { Terminal } from "./notice.ts";

/** A client and its sink for as long as there is consent. */
export interface Session {
  readonly installId: string | undefined;
  readonly sink: Sink;
  readonly client: Client;
  /** Drops what waits: telemetry was switched off. */
  revoke(): void;
  close(timeout: TimeoutOptions): Promise<ClientStats>;
}

/** Prints every event as it would be sent, and keeps, sends and reads nothing: not even the installation's id. */
export function debugSession(
  options: Omit<ClientOptions, "sink" | "installId">,
  terminal: Terminal,
): Session {
  const sink = consoleSink({ format: "json", write: (line) => terminal.write(`${line}\n`) });
  const client = createClient({ ...options, sink });
  return {
    installId: undefined,
    sink,
    client,
    revoke: () => undefined,
    close: (timeout) => client.close(timeout),
  };
}
