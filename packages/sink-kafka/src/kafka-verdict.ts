import type { Reason, Verdict } from "@activity/core";
import type { KafkaFailure } from "./kafka-driver.ts";

/** What a verdict depends on beside the failure. */
export interface FailedSend {
  readonly topic: string;
  /** Events in the batch. */
  readonly count: number;
  /** Whether all events go to one topic, so that its failure is everybody's. */
  readonly onlyTopic: boolean;
}

/**
 * What a failed send means for its batch.
 *
 * | failure | verdict |
 * | --- | --- |
 * | `unavailable`, `closed` | retry, everything waits |
 * | `partition` | retry, the others go on |
 * | `credentials`, `certificate`, `unsupported` | retry, everything waits; needs attention |
 * | `unknown_topic`, `forbidden` | retry, the other topics go on; needs attention |
 * | `too_large` | split down to the single event that is too large, which is rejected |
 * | `invalid` | split down to the single event, which is rejected |
 */
export function toKafkaVerdict({ kind, reason }: KafkaFailure, send: FailedSend): Verdict {
  const { count, onlyTopic } = send;
  switch (kind) {
    case "unavailable":
    case "closed":
      return { kind: "retry", reason, scope: "destination" };
    case "partition":
      return { kind: "retry", reason, scope: "lane" };
    case "credentials":
    case "certificate":
    case "unsupported":
      return { kind: "retry", reason, scope: "destination", attention: true };
    case "unknown_topic":
    case "forbidden":
      return {
        kind: "retry",
        reason: naming(send.topic, reason),
        scope: onlyTopic ? "destination" : "lane",
        attention: true,
      };
    case "too_large":
      return count > 1 ? { kind: "split" } : { kind: "rejected", reason: tooLarge };
    case "invalid":
      return count > 1 ? { kind: "split" } : { kind: "rejected", reason };
  }
}

/** The brokers do not say which topic they mean, and somebody has to mend it. */
function naming(topic: string, { code, detail = code }: Reason): Reason {
  return { code, detail: `topic ${topic}: ${detail}` };
}

/** The brokers' own name for it differs with what they found first. */
const tooLarge: Reason = { code: "too_large", detail: "the topic takes no event of this size" };
