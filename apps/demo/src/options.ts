/** How the demo runs. */
export interface DemoOptions {
  /** Run once, account, and end with 0 only if every path arrived exactly once. */
  readonly check: boolean;
  /** Leave the disasters out. */
  readonly calm: boolean;
  /** A real Kafka for the cloud paths: the one of KAFKA_BROKERS, else one that is started. */
  readonly kafka: boolean;
  /** Leave the data, and say how to look at it. */
  readonly keep: boolean;
}

const explained = {
  "--check":
    "run once without a live picture, and end with 0 only if every event of all six paths arrived exactly once",
  "--kafka": "a real Kafka for the cloud paths: the one of KAFKA_BROKERS, else one that is started",
  "--calm": "leave the disasters out: nothing is killed, no tab is closed offline",
  "--keep": "leave the stores, and say where they are and how to look into them",
};
const flags = Object.keys(explained);

/** What `--help` prints. */
export const help = [
  "npm run demo [-- OPTION …]: six paths live, on real processes and in a real browser; it accounts for every event.",
  "",
  ...Object.entries(explained).map(([flag, words]) => `  ${flag.padEnd(9)}${words}`),
].join("\n");

/** @throws Error for a flag that is none, naming those that are. */
export function readOptions(args: readonly string[]): DemoOptions {
  const unknown = args.find((arg) => !flags.includes(arg));
  if (unknown !== undefined)
    throw new Error(`${JSON.stringify(unknown)} is no option of the demo; these are: ${flags.join(", ")}`);
  const has = (flag: string): boolean => args.includes(flag);
  return { check: has("--check"), calm: has("--calm"), kafka: has("--kafka"), keep: has("--keep") };
}
