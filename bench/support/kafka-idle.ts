/** A process with a connected sink that has nothing to do; prints how much of a core it uses, in percent. */
import { createClient, kafkaSink } from "@activity/sink-kafka";

const idleMs = 10_000;
const [brokers = "", topic = ""] = process.argv.slice(2);
const client = createClient({ sink: kafkaSink({ brokers, topic }), service: { name: "idle" } });
client.track("start");
const { delivered } = await client.flush();
if (delivered !== 1) throw new Error(`${delivered} of 1 delivered`);
await sleep(1_000);
const before = process.cpuUsage();
await sleep(idleMs);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / (idleMs * 10)));
await client.close();

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
