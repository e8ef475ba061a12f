import type { Socket } from "node:net";
import { connect as connectPlain, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "@activity/core";
import type { Admin, ISocketFactory, Kafka, KafkaConfig, Producer } from "kafkajs";
import kafkajs from "kafkajs";

/** What the host decides about a client. */
export type KafkajsConfig = Pick<
  KafkaConfig,
  "clientId" | "ssl" | "sasl" | "connectionTimeout" | "requestTimeout"
>;

/** What one kafkajs client is made from. */
export interface KafkajsClientOptions {
  readonly config: KafkajsConfig;
  readonly brokers: readonly string[];
  readonly clock: Clock;
  /** Whether brokers are to recognise what kafkajs sends again. */
  readonly idempotent: boolean;
}

/** A connected producer, and all that belongs to it. */
export interface KafkajsClient {
  readonly producer: Producer;
  /** Asks something over a connection of its own, which is closed again. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  /** Disconnects in order where that is quick; in any case no socket is left. */
  end(): Promise<void>;
}

/** How long a client may take to disconnect in order. */
const graceMs = 50;
const keepAliveMs = 60_000;
/** Tries of an idempotent producer beside the first: a repeat is only recognised within one send. */
const idempotentRetries = 3;
/** kafkajs behaves differently under `NODE_ENV=test` where these are not given. */
const pauses = { initialRetryTime: 50, maxRetryTime: 500, factor: 0.2, multiplier: 2 };

/** Makes a client; it has no connection yet. */
export function createKafkajsClient({
  config,
  brokers,
  clock,
  idempotent,
}: KafkajsClientOptions): KafkajsClient {
  const sockets = createSockets();
  const kafka: Kafka = new kafkajs.Kafka({
    ...config,
    brokers: [...brokers],
    // It keeps things in there.
    ...(config.sasl === undefined ? {} : { sasl: { ...config.sasl } }),
    socketFactory: sockets.open,
    // Every address is tried once; whatever else fails is for the outbox to try again.
    retry: { ...pauses, retries: brokers.length - 1 },
    logCreator: () => () => undefined,
  });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent,
    retry: { ...pauses, retries: idempotent ? idempotentRetries : 0 },
    createPartitioner: () => partitionOf,
  });
  return {
    producer,
    ask: async (question) => {
      const admin = kafka.admin();
      try {
        await admin.connect();
        return await question(admin);
      } finally {
        await admin.disconnect();
      }
    },
    end: async () => {
      const inTime = new AbortController();
      const disconnected = producer.disconnect().then(
        () => inTime.abort(),
        () => inTime.abort(), // It cannot be disconnected any more than its sockets are destroyed.
      );
      await Promise.race([disconnected, clock.sleep(graceMs, inTime.signal)]);
      sockets.destroy();
    },
  };
}

/** Every message says its partition. */
function partitionOf({ message }: { readonly message: { readonly partition?: number } }): number {
  return message.partition ?? 0;
}

interface Sockets {
  readonly open: ISocketFactory;
  destroy(): void;
}

/** Opens sockets as kafkajs would, and remembers them: kafkajs leaves those behind that do not answer. */
function createSockets(): Sockets {
  const sockets = new Set<Socket>();
  let destroyed = false;
  return {
    open: ({ host, port, ssl, onConnect }) => {
      if (destroyed) throw new Error("the client is closed");
      // kafkajs passes nothing where there is no `ssl`; its type says otherwise.
      const tls: typeof ssl | undefined = ssl;
      const named = isIP(host) === 0 ? { servername: host } : {};
      const socket = tls
        ? connectTls({ host, port, ...named, ...tls }, onConnect)
        : connectPlain({ host, port }, onConnect);
      socket.setKeepAlive(true, keepAliveMs);
      // Several requests are under way at once: none may wait for the answer to the one before.
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      return socket;
    },
    destroy: () => {
      destroyed = true;
      // The error tells kafkajs, which otherwise waits for answers until they are too late.
      for (const socket of sockets) socket.destroy(new Error("the client is closed"));
    },
  };
}
