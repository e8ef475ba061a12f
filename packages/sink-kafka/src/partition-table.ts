import type { Clock } from "@activity/core";
import type { KafkaAnswer, KafkaDriver } from "./kafka-driver.ts";

/** How long a topic's list of partitions is believed. */
const maxAgeMs = 300_000;

/** Remembers which partitions topics have. */
export interface PartitionTable {
  of(topic: string): Promise<KafkaAnswer<readonly number[]>>;
  /** Asks again next time: something did not fit. */
  forget(topic: string): void;
}

interface Known {
  readonly answer: Promise<KafkaAnswer<readonly number[]>>;
  readonly until: number;
}

/** Asks the driver once for all who wait, and keeps an old list rather than none. */
export function createPartitionTable(driver: KafkaDriver, clock: Clock): PartitionTable {
  const known = new Map<string, Known>();

  async function ask(topic: string, before: Known | undefined): Promise<KafkaAnswer<readonly number[]>> {
    const answer = await driver.partitions(topic);
    if (answer.failure === undefined) return answer;
    known.delete(topic);
    return before?.answer ?? answer;
  }

  return {
    of: (topic) => {
      const before = known.get(topic);
      if (before !== undefined && clock.monotonic() < before.until) return before.answer;
      const answer = ask(topic, before);
      known.set(topic, { answer, until: clock.monotonic() + maxAgeMs });
      return answer;
    },
    forget: (topic) => known.delete(topic),
  };
}
