import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a cloud service may be told about its events. Everything is text, and everything may be left out. */
export interface CloudEnvironment {
  /** `kafka`, `file`, `console` or `none`. @defaultValue `kafka` where there are brokers, else `file` */
  readonly ACTIVITY_SINK?: string | undefined;
  /** Folder of what is kept on disk: the embedded file sink, or the spool before Kafka. @defaultValue `./activity-data` */
  readonly ACTIVITY_DATA_DIR?: string | undefined;
  /** `host:port`, separated by commas. */
  readonly KAFKA_BROKERS?: string | undefined;
  /** @defaultValue `events` */
  readonly KAFKA_TOPIC?: string | undefined;
  /** `plain`, `scram-sha-256` or `scram-sha-512`; with `KAFKA_USERNAME` and `KAFKA_PASSWORD`. @defaultValue no login */
  readonly KAFKA_SASL_MECHANISM?: string | undefined;
  readonly KAFKA_USERNAME?: string | undefined;
  readonly KAFKA_PASSWORD?: string | undefined;
  /** `on` or `off`. @defaultValue `on` where there is an authority, else `off` */
  readonly KAFKA_TLS?: string | undefined;
  /** File with the authorities that sign the brokers' certificates, as PEM. @defaultValue those of Node */
  readonly KAFKA_TLS_CA?: string | undefined;
}

/** A login to Kafka. */
export interface KafkaLogin {
  readonly mechanism: (typeof mechanisms)[number];
  readonly username: string;
  readonly password: string;
}

/** Where events go. */
export type CloudSettings =
  | { readonly sink: "console" | "none" }
  | { readonly sink: "file"; readonly directory: string }
  | {
      readonly sink: "kafka";
      readonly brokers: readonly string[];
      readonly topic: string;
      readonly sasl: KafkaLogin | undefined;
      readonly ssl: boolean | { readonly ca: string };
      /** Where billing events wait. */
      readonly spool: string;
    };

const sinks = ["kafka", "file", "console", "none"] as const;
const mechanisms = ["plain", "scram-sha-256", "scram-sha-512"] as const;
const switches = ["on", "off"] as const;

/** Reads them once, at the start. @throws an Error that names the variable and what it may be, never a password. */
export function readSettings(environment: CloudEnvironment): CloudSettings {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic = "events" } = environment;
  const directory = environment.ACTIVITY_DATA_DIR ?? "activity-data";
  const sink = oneOf(environment, "ACTIVITY_SINK", sinks) ?? (brokers ? "kafka" : "file");
  if (sink === "file") return { sink, directory };
  if (sink !== "kafka") return { sink };
  if (!brokers) throw new Error("KAFKA_BROKERS is not set; it must be host:port[,host:port…]");
  return {
    sink,
    brokers: brokers.split(",").map((broker) => broker.trim()),
    topic,
    sasl: readLogin(environment),
    ssl: readTls(environment),
    spool: join(directory, "spool"),
  };
}

function readLogin(environment: CloudEnvironment): KafkaLogin | undefined {
  const { KAFKA_USERNAME: username = "", KAFKA_PASSWORD: password = "" } = environment;
  const mechanism = oneOf(environment, "KAFKA_SASL_MECHANISM", mechanisms);
  if (mechanism === undefined && username === "" && password === "") return undefined;
  if (mechanism === undefined || username === "" || password === "")
    throw new Error(
      "KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD must be set together, or none of them",
    );
  return { mechanism, username, password };
}

function readTls(environment: CloudEnvironment): boolean | { readonly ca: string } {
  const { KAFKA_TLS_CA: file } = environment;
  const tls = oneOf(environment, "KAFKA_TLS", switches) ?? (file ? "on" : "off");
  if (tls === "off") {
    if (file) throw new Error("KAFKA_TLS is off, but KAFKA_TLS_CA is set; only one of them can be meant");
    return false;
  }
  if (!file) return true;
  try {
    return { ca: readFileSync(file, "utf8") };
  } catch (cause) {
    throw new Error(`KAFKA_TLS_CA is ${JSON.stringify(file)}, which cannot be read`, { cause });
  }
}

/** An empty value is none: that is how a shell or a chart leaves a variable out. */
function oneOf<Allowed extends string>(
  environment: CloudEnvironment,
  name: keyof CloudEnvironment,
  allowed: readonly Allowed[],
): Allowed | undefined {
  const value = environment[name];
  if (value === undefined || value === "") return undefined;
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    throw new Error(`${name} is ${JSON.stringify(value)}; it must be ${allowed.join(", ")}`);
  return found;
}
