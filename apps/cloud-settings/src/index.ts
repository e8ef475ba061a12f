export { chooseSink } from "./choose-sink.ts";
export type { CloudEnvironment, CloudSettings, KafkaLogin } from "./read-settings.ts";
export { readSettings } from "./read-settings.ts";
