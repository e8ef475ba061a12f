/**
 * A program that uses the client of a path wrongly, and once rightly: prints what the client says of it.
 * Its argument says where events go; the rest is in its environment, as with the applications.
 */
import { createCliClient } from "@activity/sink-intake";
import { createClient, kafkaSink } from "@activity/sink-kafka";

const { KAFKA_BROKERS: brokers = "", KAFKA_TOPIC: topic = "events" } = process.env;
const { ACME_INTAKE_URL: url = "", ACME_WRITE_KEY: writeKey } = process.env;
const problems: string[] = [];
const onProblem = ({ message }: { readonly message: string }): void => void problems.push(message);
const service = { name: "misuse" };

const activity =
  process.argv[2] === "kafka"
    ? createClient({ service, sink: kafkaSink({ brokers, topic }), onProblem })
    : createCliClient({ app: service.name, intake: { url, writeKey }, longLived: true, onProblem });

activity.track("");
activity.record("log", "  ");
activity.record("", "nameless_type");
const refusedTexts = [
  '{"event_id":"1","event_time":"2026-01-02T03:04:05Z","event_type":"log","event_name":" "}',
  '{"event_id":"1","event_type":"log","event_name":"without_time"}',
  "no JSON at all",
].map((text) => activity.forward(text).length > 0);
activity.track("well_formed");
const { refused, recorded, delivered } = await activity.close({ timeoutMs: 60_000 });
console.log(JSON.stringify({ refused, refusedTexts, recorded, delivered, told: problems.length }));
process.disconnect?.();
