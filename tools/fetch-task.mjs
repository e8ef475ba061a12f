/** `node tools/dev.mjs fetch kafka|chromium`: brings what the end-to-end tests need, and prints where it lies. */
import { findChromium } from "./chromium.mjs";
import { fetchKafkaJars } from "./kafka-jars.mjs";
import { MissingPrerequisite } from "./run.mjs";

const things = { kafka: fetchKafkaJars, chromium: findChromium };

export async function main([name]) {
  if (!Object.hasOwn(things, name ?? ""))
    throw new MissingPrerequisite(`Say what to fetch: ${Object.keys(things).join(" or ")}.`);
  console.log(await things[name]());
  return 0;
}
