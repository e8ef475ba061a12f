import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import type { TestKit } from "@activity/core/testing";
import type { KafkaAnswer, KafkaDriver, KafkaFailure, KafkaRecord } from "../kafka-driver.ts";

/** One record as it lies in a topic. */
export interface KafkaStoredRecord {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number;
}

/** A Kafka of one broker that makes no topic by itself, and what a contract does to it. */
export interface KafkaUnderTest {
  /** Resolves when the leaders of all partitions take records. `settings` are the topic's own: `max.message.bytes`. */
  createTopic(name: string, partitions: number, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** All records of a topic, by partition and offset. */
  readTopic(name: string): Promise<readonly KafkaStoredRecord[]>;
  /** Kills the broker. */
  stop(): Promise<void>;
  /** Starts it again at its address with its data, and resolves when it answers. */
  start(): Promise<void>;
  /** Lets it stand still: it takes connections and bytes, and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** Options of {@link describeKafkaDriverContract}. */
export interface KafkaDriverContractOptions {
  readonly name: string;
  readonly kit: TestKit;
  /** Asked for in each test. */
  kafka(): KafkaUnderTest;
  /** Makes a driver for the Kafka; it gives up an answer after `answerMs` at most. */
  create(): KafkaDriver;
  /** How long a driver may take to find out that no answer comes, in milliseconds. @defaultValue 10,000 */
  readonly answerMs?: number | undefined;
  /** How long a contract waits for what must come true in the end, in milliseconds. @defaultValue 30,000 */
  readonly patientMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Trial {
  readonly kafka: KafkaUnderTest;
  readonly driver: KafkaDriver;
  readonly kit: TestKit;
  readonly clock: Clock;
  /** A name that no other test has. */
  readonly topic: string;
  /** Waits for a promise as long as a driver may take. */
  soon<T>(promise: Promise<T>): Promise<T | "too late">;
  /** Asks again until the answer passes, and fails when it never does. */
  until<T>(ask: () => Promise<T>, passes: (answer: T) => boolean): Promise<T>;
}

type Check = (name: string, body: (trial: Trial) => Promise<void>) => void;

/**
 * Tests of everything that the sink relies on in a Kafka client, against a real broker: that an acknowledgement names
 * what was written, and what each fault is called. Every test makes topics of its own.
 */
export function describeKafkaDriverContract(options: KafkaDriverContractOptions): void {
  const { name, kit } = options;
  const check: Check = (rule, body) =>
    kit.it(rule, async () => {
      const trial = startTrial(options);
      try {
        await body(trial);
      } finally {
        await trial.soon(trial.driver.close());
      }
    });
  kit.describe(`${name} keeps the contract of a Kafka driver`, () => {
    checkWriting(check);
    checkRefusals(check);
    checkOutage(check);
    checkClose(check);
  });
}

function checkWriting(check: Check): void {
  check("writes records to the one partition, in order, and names it", async (trial) => {
    const { kafka, driver, topic, kit } = trial;
    await kafka.createTopic(topic, 3);
    kit.expect(await driver.connect(topic)).toEqual({ value: true });
    kit.expect(await driver.partitions(topic)).toEqual({ value: [0, 1, 2] });
    const values = Array.from({ length: 500 }, (_, n) => `record ${n}`);
    kit.expect(named(await driver.produce(topic, 1, values.map(record)), topic)).toEqual([1]);
    const stored = await kafka.readTopic(topic);
    kit.expect(stored.map(({ value }) => value)).toEqual(values);
    kit.expect(stored.every(({ partition }) => partition === 1)).toBe(true);
  });
  check("keeps bytes, keys and headers, and gives the time of producing", async (trial) => {
    const { kafka, driver, topic, kit, clock } = trial;
    await kafka.createTopic(topic, 1);
    const before = clock.now();
    const records = [
      { ...record("é漢字😀"), key: "schlüssel", headers: { reason: "größe", empty: "" } },
      record(""),
      { ...record("x".repeat(70_000)), key: "k".repeat(300) },
    ];
    kit.expect(named(await driver.produce(topic, 0, records), topic)).toEqual([0]);
    const stored = await kafka.readTopic(topic);
    kit.expect(stored.map(({ value }) => value)).toEqual(["é漢字😀", "", "x".repeat(70_000)]);
    kit.expect(stored.map(({ key }) => key)).toEqual(["schlüssel", null, "k".repeat(300)]);
    kit.expect(stored.map(({ headers }) => headers)).toEqual([{ reason: "größe", empty: "" }, {}, {}]);
    const late = stored.filter(({ timestampMs: at }) => at < before - 1 || at > clock.now() + 1);
    kit.expect(late).toEqual([]);
  });
  check("has read the values when it returns its promise", async ({ kafka, driver, topic, kit }) => {
    await kafka.createTopic(topic, 1);
    const value = new TextEncoder().encode("before");
    const producing = driver.produce(topic, 0, [{ key: null, value }]);
    value.fill(0x78);
    await producing;
    kit.expect((await kafka.readTopic(topic)).map((one) => one.value)).toEqual(["before"]);
  });
  check("writes to several partitions and topics at once, each named by its own answer", async (trial) => {
    const { kafka, driver, topic, kit } = trial;
    const topics = [topic, `${topic}-b`];
    for (const name of topics) await kafka.createTopic(name, 3);
    const sends = topics.flatMap((name) => [0, 1, 2, 2, 1].map((partition) => ({ name, partition })));
    const answers = await Promise.all(
      sends.map(({ name, partition }, n) => driver.produce(name, partition, [record(`send ${n}`)])),
    );
    kit
      .expect(answers.map((answer, n) => named(answer, sends[n]?.name ?? "")))
      .toEqual(sends.map(({ partition }) => [partition]));
    const stored = await Promise.all(topics.map((name) => kafka.readTopic(name)));
    kit.expect(stored.map(({ length }) => length)).toEqual([5, 5]);
  });
}

function checkRefusals(check: Check): void {
  check(
    "calls a missing topic that, makes none, disturbs no other, and writes when it is there",
    async (trial) => {
      const { kafka, driver, topic, kit, until } = trial;
      const missing = `${topic}-missing`;
      await kafka.createTopic(topic, 1);
      kit.expect(await firstFailure(driver, missing)).toBe("unknown_topic");
      kit.expect(named(await driver.produce(topic, 0, [record("neighbour")]), topic)).toEqual([0]);
      kit.expect(await firstFailure(driver, missing)).toBe("unknown_topic");
      await kafka.createTopic(missing, 1);
      await until(
        () => firstFailure(driver, missing),
        (failure) => failure === undefined,
      );
      kit.expect((await kafka.readTopic(missing)).length).toBe(1);
    },
  );
  check("does not acknowledge a partition that is not there", async ({ kafka, driver, topic, kit }) => {
    await kafka.createTopic(topic, 2);
    kit.expect(named(await driver.produce(topic, 7, [record("nowhere")]), topic).includes(7)).toBe(false);
    kit.expect(await kafka.readTopic(topic)).toEqual([]);
  });
  check(
    "calls records too large, writes none of them, and goes on",
    async ({ kafka, driver, topic, kit }) => {
      await kafka.createTopic(topic, 1, { "max.message.bytes": "2000" });
      const large = record(noise(9_000));
      const refused = await driver.produce(topic, 0, [record("first"), large, record("last")]);
      kit.expect(refused.failure?.kind).toBe("too_large");
      kit.expect((await driver.produce(topic, 0, [large])).failure?.kind).toBe("too_large");
      kit.expect(named(await driver.produce(topic, 0, [record("small")]), topic)).toEqual([0]);
      kit.expect((await kafka.readTopic(topic)).map(({ value }) => value)).toEqual(["small"]);
    },
  );
}

function checkOutage(check: Check): void {
  check("calls a broker that is down unavailable, and works when it is back", async (trial) => {
    const { kafka, driver, topic, kit, soon, until } = trial;
    await kafka.createTopic(topic, 1);
    kit.expect(named(await driver.produce(topic, 0, [record("before")]), topic)).toEqual([0]);
    await kafka.stop();
    try {
      for (let tries = 0; tries < 2; tries++) {
        const answer = await soon(driver.produce(topic, 0, [record("meanwhile")]));
        kit.expect(answer === "too late" ? answer : answer.failure?.kind).toBe("unavailable");
      }
    } finally {
      await kafka.start();
    }
    await until(
      () => firstFailure(driver, topic, "after"),
      (failure) => failure === undefined,
    );
    const stored = await kafka.readTopic(topic);
    kit.expect(stored.some(({ value }) => value === "before")).toBe(true);
    kit.expect(stored.some(({ value }) => value === "after")).toBe(true);
  });
  check("gives up a broker that stands still, and works when it moves again", async (trial) => {
    const { kafka, driver, topic, kit, soon, until } = trial;
    await kafka.createTopic(topic, 1);
    await driver.produce(topic, 0, [record("before")]);
    await kafka.freeze();
    try {
      const answer = await soon(driver.produce(topic, 0, [record("meanwhile")]));
      kit.expect(answer === "too late" ? answer : answer.failure?.kind).toBe("unavailable");
    } finally {
      await kafka.thaw();
    }
    await until(
      () => firstFailure(driver, topic, "after"),
      (failure) => failure === undefined,
    );
  });
}

function checkClose(check: Check): void {
  check("ends soon although a send is under way, which fails as closed", async (trial) => {
    const { kafka, driver, topic, kit, soon } = trial;
    await kafka.createTopic(topic, 1);
    await driver.produce(topic, 0, [record("before")]);
    await kafka.freeze();
    try {
      const producing = driver.produce(topic, 0, [record("under way")]);
      kit.expect(await soon(driver.close())).toBe(undefined);
      const answer = await soon(producing);
      kit.expect(answer === "too late" ? answer : answer.failure?.kind).toBe("closed");
    } finally {
      await kafka.thaw();
    }
  });
  check("does nothing after close, and may be closed twice", async (trial) => {
    const { kafka, driver, topic, kit, soon } = trial;
    await kafka.createTopic(topic, 1);
    await driver.produce(topic, 0, [record("before")]);
    for (let times = 0; times < 2; times++) kit.expect(await soon(driver.close())).toBe(undefined);
    kit.expect((await driver.connect(topic)).failure?.kind).toBe("closed");
    kit.expect((await driver.partitions(topic)).failure?.kind).toBe("closed");
    kit.expect((await driver.produce(topic, 0, [record("after")])).failure?.kind).toBe("closed");
    kit.expect((await kafka.readTopic(topic)).length).toBe(1);
  });
}

function startTrial(options: KafkaDriverContractOptions): Trial {
  const { kit, answerMs = 10_000, patientMs = 30_000, clock = systemClock } = options;
  return {
    kit,
    clock,
    kafka: options.kafka(),
    driver: options.create(),
    topic: `contract-${Math.floor(clock.random() * 2 ** 48).toString(36)}`,
    soon: async (promise) => {
      const stop = new AbortController();
      const late = clock.sleep(answerMs, stop.signal).then(() => "too late" as const);
      const first = await Promise.race([promise, late]);
      stop.abort();
      return first;
    },
    until: async (ask, passes) => {
      const deadline = clock.monotonic() + patientMs;
      for (;;) {
        const answer = await ask();
        if (passes(answer)) return answer;
        if (clock.monotonic() > deadline) throw new Error(`still ${String(answer)} after ${patientMs} ms`);
        await clock.sleep(50);
      }
    },
  };
}

/** Does what the sink does with a send, and returns what it fails for, if it does. */
async function firstFailure(driver: KafkaDriver, topic: string, value = "late"): Promise<string | undefined> {
  const connected = await driver.connect(topic);
  if (connected.failure !== undefined) return connected.failure.kind;
  const partitions = await driver.partitions(topic);
  if (partitions.failure !== undefined) return partitions.failure.kind;
  return (await driver.produce(topic, 0, [record(value)])).failure?.kind;
}

/** The partitions of a topic that an answer names, or what the send failed for. */
function named(
  { failure, value = [] }: KafkaAnswer<readonly { readonly topic: string; readonly partition: number }[]>,
  topic: string,
): readonly (number | KafkaFailure)[] {
  if (failure !== undefined) return [failure];
  return value.flatMap((one) => (one.topic === topic ? [one.partition] : []));
}

function record(value: string): KafkaRecord {
  return { key: null, value: new TextEncoder().encode(value) };
}

/** Text that does not become much smaller by compression, the same every time. */
function noise(chars: number): string {
  let state = 1;
  return Array.from({ length: chars }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 94));
  }).join("");
}
