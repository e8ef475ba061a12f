import { ActivityError } from "@activity/core";
import { murmur2 } from "./murmur2.ts";

/** The topic of each event type; `default` takes the types that are not named. */
export interface KafkaTopics {
  readonly default: string;
  readonly [eventType: string]: string;
}

/** A topic and its number among the lanes: lanes of different topics never meet. */
export interface NumberedTopic {
  readonly name: string;
  readonly number: number;
}

/** Which topic takes which events. */
export interface TopicTable {
  /** Every topic once, the default one first. */
  readonly all: readonly NumberedTopic[];
  ofType(eventType: string): NumberedTopic;
  /** The topic of a number; the default one for a number that no topic has. */
  ofNumber(number: number): NumberedTopic;
}

/** Numbers of topics are below this. */
const maxTopicNumber = 65_536;

/**
 * Numbers the topics. The default topic has 0, the others have the hash of their name: a store that outlives the process
 * keeps lanes, and a topic added to the map later must not take over the lanes of another.
 *
 * @throws INVALID_OPTION when a name cannot be a topic's.
 */
export function createTopicTable(topic: string | KafkaTopics): TopicTable {
  const byType = new Map(typeof topic === "string" ? [] : Object.entries(topic));
  const fallback = { name: checkTopic(typeof topic === "string" ? topic : topic.default), number: 0 };
  const byNumber = new Map<number, NumberedTopic>([[0, fallback]]);
  const byName = new Map<string, NumberedTopic>([[fallback.name, fallback]]);
  for (const name of [...byType.values()].map(checkTopic).toSorted()) {
    if (byName.has(name)) continue;
    let number = 1 + (murmur2(name) % (maxTopicNumber - 1));
    while (byNumber.has(number)) number = 1 + (number % (maxTopicNumber - 1));
    const numbered = { name, number };
    byNumber.set(number, numbered);
    byName.set(name, numbered);
  }
  return {
    all: [...byName.values()],
    ofType: (eventType) => byName.get(byType.get(eventType) ?? fallback.name) ?? fallback,
    ofNumber: (number) => byNumber.get(number) ?? fallback,
  };
}

/** What Kafka itself allows: 1–249 of these characters, and not `.` or `..`. @throws INVALID_OPTION for anything else. */
export function checkTopic(name: unknown): string {
  if (typeof name === "string" && /^[\w.-]{1,249}$/.test(name) && name !== "." && name !== "..") return name;
  throw new ActivityError(
    "INVALID_OPTION",
    `topic is ${JSON.stringify(name) ?? String(name)}; a topic's name has 1 to 249 of the characters a-z A-Z 0-9 . _ -`,
  );
}
