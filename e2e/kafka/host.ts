/** A small service: prints the warnings it gets, records, closes, and has nothing to keep it alive. */
import { createClient, kafkaSink } from "@activity/sink-kafka";

process.on("warning", ({ name, message }) => console.log(name, message.split(" ")[0]));
const activity = createClient({
  service: { name: "host" },
  sink: kafkaSink({ brokers: process.env["KAFKA_BROKERS"] ?? "", topic: process.env["KAFKA_TOPIC"] ?? "" }),
});
for (let n = 0; n < 100; n++) activity.track("login_start", { n });
await activity.flush();
// Long enough for what kafkajs does while it is idle.
await new Promise((resolve) => setTimeout(resolve, 300));
const { delivered } = await activity.close();
console.log("delivered", delivered);
setTimeout(() => undefined, -7);
