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

/**
 * Prints every event as it would be sent, and keeps and sends nothing. Where this installation has no id yet, none is
 * made: the events say so in its place.
 */
export function debugSession(
  options: Omit<ClientOptions, "sink" | "installId">,
  terminal: Terminal,
  installId: string | undefined,
): Session {
  const sink = consoleSink({ format: "json", write: (line) => terminal.write(`${line}\n`) });
  const client = createClient({ ...options, sink, installId: installId ?? "not made yet" });
  return {
    installId,
    sink,
    client,
    revoke: () => undefined,
    close: (timeout) => client.close(timeout),
  };
}
