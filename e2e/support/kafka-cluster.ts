/**
 * A real Kafka of several brokers on free loopback ports, each of which is a controller too: for tests of what happens
 * when one of them dies. Topics have a replica on every broker; a write counts when two have it; a replica that is
 * behind never leads.
 */
import type { KafkaTopicRecord } from "./kafka-client.ts";
import { createTopic, readTopic } from "./kafka-client.ts";
import type { KafkaNode } from "./kafka-node.ts";
import { createKafkaNode, freeAddresses, randomClusterId } from "./kafka-node.ts";

export type { KafkaTopicRecord } from "./kafka-client.ts";

export interface KafkaCluster {
  readonly brokers: readonly string[];
  /** In the order of `brokers`. */
  readonly nodes: readonly KafkaNode[];
  /** Ends all and removes their data. May be called twice. */
  stop(): Promise<void>;
  createTopic(name: string, partitions: number, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Everything in a topic at the time of the call, by partition and offset. */
  readTopic(name: string): Promise<readonly KafkaTopicRecord[]>;
}

/** Starts a cluster and resolves when every broker answers. Needs Java and, the first time, Maven. */
export async function startKafkaCluster(size = 3): Promise<KafkaCluster> {
  const clusterId = randomClusterId();
  const addresses = await freeAddresses(2 * size);
  const [brokers, controllers] = [addresses.slice(0, size), addresses.slice(size)];
  const quorum = controllers.map((controller, index) => `${index + 1}@${controller}`).join(",");
  const nodes: KafkaNode[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.remove()));
  };
  try {
    for (const [index, address] of brokers.entries()) {
      const listeners = { broker: address, controller: controllers[index] ?? "" };
      const properties = {
        ...clusterProperties(size),
        "node.id": String(index + 1),
        "controller.quorum.voters": quorum,
        listeners: `PLAIN://${listeners.broker},CONTROLLER://${listeners.controller}`,
        "advertised.listeners": `PLAIN://${listeners.broker}`,
      };
      nodes.push(await createKafkaNode({ clusterId, address, properties, format: [] }));
    }
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    nodes,
    stop,
    createTopic: (name, partitions, settings = {}) =>
      createTopic({ brokers }, { name, partitions, settings, replicas: size }),
    readTopic: (name) => readTopic({ brokers }, name),
  };
}

function clusterProperties(size: number): Record<string, string> {
  const replicas = String(size);
  const inSync = String(Math.max(1, size - 1));
  return {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": "PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    "unclean.leader.election.enable": "false",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    "group.initial.rebalance.delay.ms": "0",
    // A dead broker is found out soon, and may register again at once.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
  };
}
