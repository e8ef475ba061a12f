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

const flags = ["--check", "--calm", "--kafka", "--keep"];

/** @throws Error for a flag that is none, naming those that are. */
export function readOptions(args: readonly string[]): DemoOptions {
  const unknown = args.find((arg) => !flags.includes(arg));
  if (unknown !== undefined)
    throw new Error(`${JSON.stringify(unknown)} is no option of the demo; these are: ${flags.join(", ")}`);
  const has = (flag: string): boolean => args.includes(flag);
  return { check: has("--check"), calm: has("--calm"), kafka: has("--kafka"), keep: has("--keep") };
}
