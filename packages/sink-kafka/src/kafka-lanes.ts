import type { ActivityEvent } from "@activity/core";
import { ActivityError } from "@activity/core";
import type { EventKey } from "./event-key.ts";
import type { NumberedTopic, TopicTable } from "./kafka-topics.ts";
import { murmur2 } from "./murmur2.ts";

/** Lanes of one topic at most. Fixed, so that a lane kept on disk is understood whatever `lanes` is set to later. */
const lanesPerTopic = 1_024;

/** What a lane stands for. */
export interface KafkaLane {
  readonly topic: NumberedTopic;
  /** Its number within the topic. */
  readonly place: number;
}

/** The virtual lanes: streams of events that are chosen when an event enters, long before partitions are known. */
export interface KafkaLanes {
  of(event: ActivityEvent): number;
  read(lane: number): KafkaLane;
}

/** What lanes are made of. */
export interface KafkaLanesOptions {
  readonly topics: TopicTable;
  readonly key: EventKey;
  /** Lanes a topic. */
  readonly lanes: number;
  /** Events without a key that follow each other in one lane. */
  readonly sticky: number;
}

/**
 * Gives each event with a key the lane of its key, and the others a lane that changes after every batchful, so that
 * batches are large and every lane gets its share.
 *
 * @throws INVALID_OPTION when the number of lanes is out of range.
 */
export function createKafkaLanes({ topics, key, lanes, sticky }: KafkaLanesOptions): KafkaLanes {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > lanesPerTopic) {
    throw new ActivityError(
      "INVALID_OPTION",
      `lanes is ${lanes}; an integer from 1 to ${lanesPerTopic} is allowed`,
    );
  }
  const rotations = new Map(topics.all.map(({ number }) => [number, createRotation(lanes, sticky)]));
  return {
    of: (event) => {
      const { number } = topics.ofType(event.event_type);
      const eventKey = key.ofEvent(event);
      const place = eventKey === null ? rotations.get(number)?.(event) : murmur2(eventKey) % lanes;
      return number * lanesPerTopic + (place ?? 0);
    },
    read: (lane) => ({
      topic: topics.ofNumber(Math.floor(lane / lanesPerTopic)),
      place: lane % lanesPerTopic,
    }),
  };
}

/** The place of one event after the other. The same event asked for twice in a row keeps its place. */
function createRotation(lanes: number, sticky: number): (event: ActivityEvent) => number {
  let count = 0;
  let last: ActivityEvent | undefined;
  return (event) => {
    if (event !== last) count++;
    last = event;
    return Math.floor((count - 1) / sticky) % lanes;
  };
}
