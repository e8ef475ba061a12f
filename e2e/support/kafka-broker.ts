/**
 * A real Kafka on free loopback ports, one broker that is its own controller, in a folder of its own: for tests of every
 * package, and for scripts. It keeps its data over `kill` and `restart`, and is gone with its folder after `stop`, or
 * when the process that started it ends, however that happens.
 */
import type { KafkaTopicRecord } from "./kafka-client.ts";
import { createTopic, readTopic } from "./kafka-client.ts";
import { createKafkaNode, freeAddresses, randomClusterId, runKafkaTool } from "./kafka-node.ts";
import type { TcpRelay } from "./tcp-relay.ts";

export type { KafkaTopicRecord } from "./kafka-client.ts";

export interface KafkaBroker {
  /** For clients without credentials. */
  readonly brokers: readonly string[];
  /** For clients that log in as {@link kafkaUser}, with SASL PLAIN or SCRAM-SHA-512. */
  readonly saslBrokers: readonly string[];
  readonly clusterId: string;
  /** Of the running broker; changes with `restart`. */
  readonly pid: number;
  /** Ends it and removes its data. May be called twice. */
  stop(): Promise<void>;
  /** Sends a signal: SIGKILL, SIGTERM (wait until it has ended), SIGSTOP (waits until it stands still), SIGCONT … */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its ports with its data, after killing it where it still runs; resolves when it answers. */
  restart(): Promise<void>;
  /** `settings` are the topic's own, `max.message.bytes` say. */
  createTopic(name: string, partitions: number, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Everything in a topic at the time of the call, by partition and offset. */
  readTopic(name: string): Promise<readonly KafkaTopicRecord[]>;
  /** Gives a user, known or new, a password for SCRAM-SHA-512, as an operator would while everything runs. */
  setScramPassword(username: string, password: string): Promise<void>;
}

export interface KafkaBrokerOptions {
  /** Settings of the broker beside ours. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** `false` leaves it down: `restart` starts it. @defaultValue true */
  readonly start?: boolean | undefined;
  /** Stands between clients and the broker: the broker names its address in place of its own. */
  readonly relay?: TcpRelay | undefined;
}

export const kafkaUser = { username: "app", password: "app-secret" } as const;

/** Starts a Kafka and resolves when it answers. Needs Java and, the first time, Maven. */
export async function startKafka(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const [plain = "", login = "", controller = ""] = await freeAddresses(3);
  const clusterId = randomClusterId();
  const { relay } = options;
  relay?.leadTo(plain);
  const node = await createKafkaNode({
    clusterId,
    address: plain,
    properties: {
      ...brokerProperties({ plain, login, controller }),
      ...(relay === undefined ? {} : { "advertised.listeners": `PLAIN://${relay.address},LOGIN://${login}` }),
      ...options.properties,
    },
    format: ["--standalone", "--add-scram", scramUser()],
  });
  try {
    if (options.start !== false) await node.start();
  } catch (error) {
    await node.remove();
    throw error;
  }
  // Never through a relay, which may be holding answers back: what is behind it is seen all the same.
  const access = relay === undefined ? { brokers: [plain] } : { brokers: [login], login: kafkaUser };
  return {
    brokers: [relay?.address ?? plain],
    saslBrokers: [login],
    clusterId,
    get pid() {
      return node.pid;
    },
    stop: () => node.remove(),
    kill: (signal) => node.kill(signal),
    restart: () => node.start(),
    createTopic: (name, partitions, settings = {}) => createTopic(access, { name, partitions, settings }),
    readTopic: (name) => readTopic(access, name),
    setScramPassword: (username, password) =>
      runKafkaTool("kafka.admin.ConfigCommand", [
        ...["--bootstrap-server", plain, "--alter", "--entity-type", "users", "--entity-name", username],
        ...["--add-config", `SCRAM-SHA-512=[password=${password}]`],
      ]),
  };
}

function scramUser(): string {
  const { username, password } = kafkaUser;
  return `SCRAM-SHA-512=[name=${username},password=${password}]`;
}

interface BrokerAddresses {
  readonly plain: string;
  readonly login: string;
  readonly controller: string;
}

function brokerProperties({ plain, login, controller }: BrokerAddresses): Record<string, string> {
  const security = "org.apache.kafka.common.security";
  const { username, password } = kafkaUser;
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.bootstrap.servers": controller,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAIN://${plain},LOGIN://${login},CONTROLLER://${controller}`,
    "advertised.listeners": `PLAIN://${plain},LOGIN://${login}`,
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": "PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
    "listener.name.login.plain.sasl.jaas.config": `${security}.plain.PlainLoginModule required user_${username}="${password}";`,
    "listener.name.login.scram-sha-512.sasl.jaas.config": `${security}.scram.ScramLoginModule required;`,
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    // A broker that was killed may register again soon; a busy machine must not look like a dead one.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
  };
}
