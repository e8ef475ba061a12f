import type { Message } from "kafkajs";
import { encodeRecords } from "./encode-records.ts";
import type { KafkaRecord } from "./kafka-driver.ts";

/** What is used of kafkajs' Encoder. */
interface Encoded {
  buf: Buffer;
  offset: number;
  readonly buffer: Buffer;
}

/** A record without key, value and headers, as kafkajs 2.2.4 encodes it and so do we. */
const emptyRecord: Message = { key: null, value: null };
const emptyRecordBytes = Buffer.from([0x0c, 0, 0, 0, 1, 1, 0]);

/** The `type` of the error of a kafkajs that encodes records otherwise. */
export const unknownFormat = "UNKNOWN_RECORD_FORMAT";

/**
 * Messages for one partition that are encoded already. kafkajs spends 8 µs on each message: several buffers, big
 * integers, and a copy of the list of those before it. It works with the messages it is given through `find`, `reduce`
 * (which sorts them by partition) and `map` (which encodes each): here these answer for all at once. What `map` is
 * asked for is found out with an empty record: where kafkajs encodes that otherwise than we would, nothing is sent and
 * the send fails.
 */
export class KafkajsMessages extends Array<Message> {
  readonly #partition: number;
  readonly #bytes: Buffer;

  constructor(records: readonly KafkaRecord[], partition: number) {
    super(records.length); // Without elements; only its length is looked at.
    this.#partition = partition;
    this.#bytes = encodeRecords(records);
  }

  /** Nothing is wrong with any of them. */
  override find(): undefined {
    return undefined;
  }

  /** By partition: all in one. */
  override reduce(): never {
    return { [this.#partition]: this } as never; // kafkajs' own sum; the type of an array's method cannot say so.
  }

  override map<T>(make: (message: Message, index: number, all: Message[]) => T): T[] {
    const made = make({ ...emptyRecord }, 0, this);
    if (made === undefined) return []; // Their times: they have none.
    if (!isEncodedEmptyRecord(made)) {
      const message = "records are not encoded as by kafkajs 2.2.4 for brokers from Kafka 0.11 on";
      throw Object.assign(new Error(message), { type: unknownFormat });
    }
    made.buf = this.#bytes;
    made.offset = this.#bytes.length;
    // As many as there are, of which one holds the bytes of all.
    const all = new Array<T>(this.length);
    all[0] = made;
    return all;
  }
}

function isEncodedEmptyRecord(made: unknown): made is Encoded {
  const { buf, offset, buffer } = made as Partial<Encoded>; // Looked at in the next line.
  return (
    Buffer.isBuffer(buf) &&
    Buffer.isBuffer(buffer) &&
    offset === buffer.length &&
    buffer.equals(emptyRecordBytes)
  );
}
