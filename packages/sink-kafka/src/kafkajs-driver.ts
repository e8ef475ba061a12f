import type { Clock } from "@activity/core";
import { ActivityError, defaultLimits, systemClock } from "@activity/core";
import type { KafkaAcknowledgement, KafkaDriver } from "./kafka-driver.ts";
import type { KafkajsConfig } from "./kafkajs-client.ts";
import { createKafkajsClient } from "./kafkajs-client.ts";
import { createKafkajsClients } from "./kafkajs-clients.ts";
import type { KafkaCompression } from "./kafkajs-codec.ts";
import { useCodec } from "./kafkajs-codec.ts";
import { KafkajsMessages } from "./kafkajs-messages.ts";

/** A login. */
export type KafkaSasl =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: "oauthbearer";
      /** Asked for at every login. */
      readonly token: () => Promise<string>;
    };

/** TLS beyond `true`: authorities and a client certificate as PEM. */
export interface KafkaTls {
  readonly ca?: string | readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly servername?: string | undefined;
  /** @defaultValue true */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Options of {@link kafkajsDriver}. */
export interface KafkajsDriverOptions {
  /** `host:port` of one or more brokers, as a list or separated by commas; the others are found through them. */
  readonly brokers: string | readonly string[];
  /** What the brokers' logs and quotas call this client. @defaultValue "activity" */
  readonly clientId?: string | undefined;
  readonly sasl?: KafkaSasl | undefined;
  readonly ssl?: boolean | KafkaTls | undefined;
  /** @defaultValue "gzip", at level 1 */
  readonly compression?: KafkaCompression | undefined;
  /**
   * Brokers recognise what is sent again within one send, after a lost answer or a new leader: fewer repeats, still not
   * exactly once, since after three tries, and in the next process, a repeat is a new record. One send at a time: 0.4
   * to 0.8 of the throughput, less where Kafka answers slowly. @defaultValue false
   */
  readonly idempotent?: boolean | undefined;
  /** How long connecting to one broker may take. @defaultValue 3,000 */
  readonly connectTimeoutMs?: number | undefined;
  /** How long an answer may take. @defaultValue 15,000 */
  readonly requestTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const defaultConnectTimeoutMs = 3_000;
/** All in-sync replicas. */
const allReplicas = -1;

/**
 * A driver on kafkajs. It connects at the first use, tries once, logs nothing and creates no topic; records carry
 * the time of producing.
 *
 * @throws INVALID_OPTION when an option is unusable, or the codec of the compression is missing.
 */
export function kafkajsDriver(options: KafkajsDriverOptions): KafkaDriver {
  const { clock = systemClock, requestTimeoutMs = defaultLimits.attemptMs } = options;
  const compression = useCodec(options.compression ?? "gzip");
  const brokers = toAddresses(options.brokers);
  const { idempotent = false } = options;
  const config = toConfig(options);
  const clients = createKafkajsClients({
    idempotent,
    create: () => createKafkajsClient({ config, brokers, clock, idempotent }),
  });

  return {
    // kafkajs gives the next send the numbers of one that is being tried again.
    ...(idempotent ? { inFlight: 1 } : {}),
    connect: async (topic) => {
      const { failure } = await clients.open(topic);
      return failure === undefined ? { value: true } : { failure };
    },
    partitions: (topic) =>
      clients.use(topic, async (client) => {
        const { topics } = await client.ask((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
        const partitions = topics.flatMap((found) => (found.name === topic ? found.partitions : []));
        return partitions.map(({ partitionId }) => partitionId).toSorted((a, b) => a - b);
      }),
    produce: (topic, partition, records) => {
      const messages = new KafkajsMessages(records, partition);
      return clients.use(topic, async ({ producer }) => {
        const acknowledged = await producer.send({
          topic,
          acks: allReplicas,
          // The brokers give up before we do, so that their reason is heard.
          timeout: Math.ceil(requestTimeoutMs * 0.8),
          compression,
          messages,
        });
        return acknowledged.map(
          (one): KafkaAcknowledgement => ({ topic: one.topicName, partition: one.partition }),
        );
      });
    },
    close: () => clients.close(),
  };
}

function toConfig(options: KafkajsDriverOptions): KafkajsConfig {
  const { clientId = "activity", sasl, ssl } = options;
  return {
    clientId,
    connectionTimeout: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    requestTimeout: options.requestTimeoutMs ?? defaultLimits.attemptMs,
    ...(sasl === undefined ? {} : { sasl: toSaslOptions(sasl) }),
    ...(ssl === undefined || ssl === false ? {} : { ssl: ssl === true ? {} : toTlsOptions(ssl) }),
  };
}

type SaslOptions = NonNullable<KafkajsConfig["sasl"]>;

function toSaslOptions(sasl: KafkaSasl): SaslOptions {
  if (sasl.mechanism === "oauthbearer") {
    return { mechanism: sasl.mechanism, oauthBearerProvider: async () => ({ value: await sasl.token() }) };
  }
  const { username, password } = sasl;
  return { mechanism: sasl.mechanism, username, password } as SaslOptions; // Its type wants a single mechanism known.
}

function toTlsOptions({ ca, ...tls }: KafkaTls): NonNullable<KafkajsConfig["ssl"]> {
  const given = Object.entries(tls).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(ca === undefined ? {} : { ca: [ca].flat() }) };
}

function toAddresses(brokers: string | readonly string[]): readonly string[] {
  const addresses = typeof brokers === "string" ? brokers.split(",").map((one) => one.trim()) : brokers;
  const wrong = addresses.find((one) => typeof one !== "string" || !/^[^\s:/]+:\d{1,5}$/.test(one));
  if (addresses.length > 0 && wrong === undefined) return addresses;
  throw new ActivityError(
    "INVALID_OPTION",
    `brokers holds ${JSON.stringify(wrong ?? brokers)}; one or more of host:port are needed`,
  );
}
