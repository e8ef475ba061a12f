import type { KafkaAnswer, KafkaFailure } from "./kafka-driver.ts";
import type { KafkajsClient } from "./kafkajs-client.ts";
import { toKafkaFailure } from "./kafkajs-failure.ts";
import { mendKafkajsTimers } from "./kafkajs-timers.ts";

/** The clients of one driver. */
export interface KafkajsClients {
  /** The connected client of a topic. */
  open(topic: string): Promise<KafkaAnswer<unknown>>;
  /** Does something with the client of a topic. */
  use<T>(topic: string, action: (client: KafkajsClient) => Promise<T>): Promise<KafkaAnswer<T>>;
  /** Ends all of them. */
  close(): Promise<void>;
}

interface Held {
  readonly client: KafkajsClient;
  /** Actions under way. */
  uses: number;
  /** Not used for anything new; ends when nothing is under way. */
  retired: boolean;
}

/** What is known of the clients. */
export interface KafkajsClientsOptions {
  /** Makes one. */
  create(): KafkajsClient;
  readonly idempotent: boolean;
}

/**
 * Keeps a client for each topic, since kafkajs asks for all topics of a client at once and a missing one would fail the
 * others; and makes a new one after each failure of the connection, since the old one may be in any state.
 */
export function createKafkajsClients({ create, idempotent }: KafkajsClientsOptions): KafkajsClients {
  const byTopic = new Map<string, Promise<KafkaAnswer<Held>>>();
  const all = new Set<Held>();
  let closed = false;

  function open(topic: string): Promise<KafkaAnswer<Held>> {
    if (closed) return Promise.resolve({ failure: closedFailure });
    let opening = byTopic.get(topic);
    if (opening === undefined) {
      opening = connect(topic);
      byTopic.set(topic, opening);
    }
    return opening;
  }

  async function connect(topic: string): Promise<KafkaAnswer<Held>> {
    const held: Held = { client: create(), uses: 0, retired: false };
    all.add(held);
    try {
      await timersMended;
      await held.client.producer.connect();
      return { value: held };
    } catch (error) {
      await retire(topic, held);
      return { failure: closed ? closedFailure : toKafkaFailure(error) };
    }
  }

  async function retire(topic: string, held: Held): Promise<void> {
    if (!held.retired) byTopic.delete(topic);
    held.retired = true;
    // What is still under way may be going well, at another broker.
    if (held.uses > 0) return;
    await held.client.end();
    all.delete(held);
  }

  async function use<T>(
    topic: string,
    action: (client: KafkajsClient) => Promise<T>,
  ): Promise<KafkaAnswer<T>> {
    const { value: held, failure: unopened } = await open(topic);
    if (held === undefined) return { failure: unopened };
    held.uses++;
    let failed = false;
    try {
      return { value: await action(held.client) };
    } catch (error) {
      const failure = closed ? closedFailure : toKafkaFailure(error);
      // It numbers its records anew after a failure. Where those were written all the same, the next ones would be taken
      // for their repeats, acknowledged, and lost: another producer must send them.
      const outOfStep = idempotent && failure.kind === "partition";
      failed = outOfStep || ["unavailable", "credentials", "certificate"].includes(failure.kind);
      return { failure };
    } finally {
      held.uses--;
      if (failed || held.retired) await retire(topic, held);
    }
  }

  return {
    open,
    use,
    close: async () => {
      closed = true;
      await Promise.all([...all].map(({ client }) => client.end()));
    },
  };
}

/** Begun early: the clients that a host has of its own would bring the warning before there is one of ours. */
const timersMended: Promise<boolean> = mendKafkajsTimers();

const closedFailure: KafkaFailure = { kind: "closed", reason: { code: "closed" } };
