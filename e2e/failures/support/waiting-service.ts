/** A service that records 1,000 events while Kafka is away, says so, and goes on living until somebody ends it. */
import { createClient, kafkaSink } from "@activity/sink-kafka";

const { KAFKA_BROKERS: brokers = "", KAFKA_TOPIC: topic = "", SPOOL: spool = false } = process.env;
const activity = createClient({
  service: { name: "waiting" },
  sink: kafkaSink({ brokers, topic, retry: { baseMs: 50, capMs: 400 }, spool }),
});
for (let n = 1; n <= 1_000; n++) activity.record("billing", "project_prod_slots", { slots: n });
console.log("recorded", activity.stats().recorded);
setInterval(() => undefined, 1_000);
