/** A small service: prints the warnings it gets, records, closes, and has nothing to keep it alive. */
import { createClient, kafkaSink } from "@activity/sink-kafka";
import kafkajs from "kafkajs";

process.on("warning", ({ name, message }) => console.log(name, message.split(" ")[0]));
// It uses kafkajs for something of its own, first.
const brokers = process.env["KAFKA_BROKERS"] ?? "";
const admin = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.NOTHING }).admin();
await admin.connect();
await admin.listTopics();
const activity = createClient({
  service: { name: "host" },
  sink: kafkaSink({ brokers, topic: process.env["KAFKA_TOPIC"] ?? "" }),
});
for (let n = 0; n < 100; n++) activity.track("login_start", { n });
await activity.flush();
// Long enough for what kafkajs does while it is idle.
await new Promise((resolve) => setTimeout(resolve, 300));
await admin.disconnect();
const { delivered } = await activity.close();
console.log("delivered", delivered);
setTimeout(() => undefined, -7);
