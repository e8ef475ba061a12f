import type { AckLevel, Clock, LedgerSnapshot, Sink } from "@activity/core";
import { systemClock } from "@activity/core";
import type { AnswerHandler, EventProxy, ProxyOptions, ProxyProblemHandler } from "@activity/proxy";
import { createProxy } from "@activity/proxy";
import type { NodeServer, NodeServerCloseOptions } from "@activity/proxy/node";
import { createNodeServer } from "@activity/proxy/node";
import { checkIntakeOptions } from "./check-intake-options.ts";
import { createHealthListener } from "./health-listener.ts";
import { KeyLimiter } from "./keys/key-limiter.ts";
import type { WriteKey } from "./keys/write-key.ts";
import type { KeyHolder, WriteKeySource } from "./keys/write-keys.ts";
import { checkWriteKeys } from "./keys/write-keys.ts";
import { isLoopback } from "./loopback.ts";

/** Options of {@link createIntake}. */
export interface IntakeOptions {
  /** Where events go. It belongs to the intake, which closes it. */
  readonly sink: Sink;
  /** What must have happened to events before they are answered with 202. @defaultValue "durable" */
  readonly ack?: AckLevel | undefined;
  /**
   * Who may send, with `Authorization: Bearer KEY`: keys as they are, or their names and hashes, where each
   * may have a limit of its own; or a source of them, for keys that change while it runs.
   * @defaultValue everybody who reaches the address
   */
  readonly writeKeys?: readonly (string | WriteKey)[] | WriteKeySource | undefined;
  /**
   * Whether everybody may send who reaches an address that others reach: something in front of it lets nobody
   * else in. @defaultValue false: such an address needs `writeKeys`
   */
  readonly allowAnybody?: boolean | undefined;
  /** @defaultValue "127.0.0.1" */
  readonly host?: string | undefined;
  /** 0 for any that is free. @defaultValue 8080 */
  readonly port?: number | undefined;
  /** Pages that may send without a server of their own between. @defaultValue none */
  readonly allowedOrigins?: ProxyOptions["allowedOrigins"];
  /** Names by which it may be addressed. @defaultValue loopback names on a loopback address, else any */
  readonly allowedHosts?: ProxyOptions["allowedHosts"];
  readonly stamp?: ProxyOptions["stamp"];
  readonly limits?: ProxyOptions["limits"];
  readonly dedupe?: ProxyOptions["dedupe"];
  /**
   * Ids of events that the store holds already, oldest first; read before it listens, so that their repeats
   * are recognised after a restart too.
   */
  readonly knownIds?: AsyncIterable<string> | undefined;
  readonly clock?: Clock | undefined;
  /** Told what became of every request; `principal` is `undefined` without write keys. */
  readonly onAnswer?: AnswerHandler<KeyHolder> | undefined;
  readonly onProblem?: ProxyProblemHandler | undefined;
}

/** The intake API on a port. */
export interface Intake {
  /** Starts to listen; gives the address for events. Rejects where the port is taken. */
  listen(): Promise<string>;
  /**
   * Not ready, answers as before for `graceMs`, then 503, ends the requests under way, and closes the sink:
   * everything that was answered with 202 is safe by then. A second call returns the first one's promise.
   */
  close(options?: NodeServerCloseOptions): Promise<LedgerSnapshot>;
  /** The counters of the sink. */
  stats(): LedgerSnapshot;
  /** Whether it takes events now. */
  readonly ready: boolean;
  /** Bytes of bodies that are held now. */
  readonly heldBytes: number;
}

/**
 * Makes an intake: events by the HTTP contract on `/v1/events`, `GET /healthz`, `GET /readyz`.
 *
 * @throws INVALID_OPTION for an option that is none or cannot be, and for an address that others reach without
 * `writeKeys`, unless `allowAnybody` says that this is meant.
 */
export function createIntake(options: IntakeOptions): Intake {
  checkIntakeOptions(options);
  const { sink, host = "127.0.0.1", port = 8_080, writeKeys = [], clock = systemClock, onAnswer } = options;
  const limiter = new KeyLimiter(clock);
  const proxy = createProxy<KeyHolder>({
    sink,
    ack: options.ack ?? "durable",
    allowedOrigins: options.allowedOrigins,
    allowedHosts: options.allowedHosts ?? (isLoopback(host) ? "loopback" : undefined),
    authenticate: authenticateBy(writeKeys),
    credentials: "Authorization: Bearer <write key>",
    stamp: options.stamp,
    limits: options.limits,
    dedupe: options.dedupe,
    clock,
    rateLimit: (holder) => (holder === undefined ? 0 : limiter.waitMs(holder.key)),
    onAnswer: (request) => {
      const { principal: holder, accepted, duplicates, rejected } = request;
      if (holder !== undefined) limiter.charge(holder.key, accepted.length + duplicates + rejected.length);
      onAnswer?.(request);
    },
    onProblem: options.onProblem,
  });
  const otherwise = createHealthListener(() => server.ready);
  const server: NodeServer = createNodeServer(proxy, { host, port, otherwise, clock });
  let closing: Promise<LedgerSnapshot> | undefined;
  return {
    listen: async () => {
      await rememberAll(proxy, options.knownIds);
      return server.listen();
    },
    close: (closeOptions) => {
      closing ??= server.close(closeOptions).then(() => sink.close({ timeoutMs: sinkCloseMs }));
      return closing;
    },
    stats: () => sink.stats(),
    get ready() {
      return server.ready;
    },
    get heldBytes() {
      return proxy.heldBytes;
    },
  };
}

/** Time for what the sink still holds. */
const sinkCloseMs = 5_000;

/** A list without keys lets everybody in; a source without any, nobody. */
function authenticateBy(
  keys: NonNullable<IntakeOptions["writeKeys"]>,
): ProxyOptions<KeyHolder>["authenticate"] {
  if ("refresh" in keys) return checkWriteKeys(keys);
  return keys.length > 0 ? checkWriteKeys({ keys, refresh: () => undefined }) : undefined;
}

async function rememberAll(proxy: EventProxy, ids: AsyncIterable<string> | undefined): Promise<void> {
  if (ids !== undefined) for await (const id of ids) proxy.remember([id]);
}
