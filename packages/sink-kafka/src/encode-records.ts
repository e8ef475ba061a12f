import type { KafkaRecord } from "./kafka-driver.ts";

/** The most that lengths and the fixed parts of one record take. */
const maxOverhead = 32;
/** The most that the lengths of one header take. */
const maxHeaderOverhead = 10;

/**
 * Records as they stand in a record batch of Kafka's message format 2, one after the other, all of the batch's own time.
 * Source: Kafka's documentation of its message format, "Record" and "Record Header".
 */
export function encodeRecords(records: readonly KafkaRecord[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(records.reduce((sum, record) => sum + maxBytes(record), 0));
  const writer = new RecordWriter(bytes);
  for (const [offset, record] of records.entries()) writer.write(record, offset);
  return bytes.subarray(0, writer.end);
}

function maxBytes({ key, value, headers }: KafkaRecord): number {
  let bytes = maxOverhead + value.length + (key === null ? 0 : Buffer.byteLength(key));
  for (const name in headers)
    bytes += maxHeaderOverhead + Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? "");
  return bytes;
}

class RecordWriter {
  readonly #bytes: Buffer;
  /** Where the next byte goes. */
  end = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  write({ key, value, headers }: KafkaRecord, offset: number): void {
    const keyBytes = key === null ? -1 : Buffer.byteLength(key);
    const named = headers === undefined ? noHeaders : Object.entries(headers);
    const sizes = sizeOfVarint(keyBytes) + Math.max(0, keyBytes) + sizeOfVarint(value.length) + value.length;
    this.#varint(2 + sizeOfVarint(offset) + sizes + sizeOfHeaders(named));
    this.#bytes[this.end++] = 0; // No attributes.
    this.#bytes[this.end++] = 0; // No time of its own.
    this.#varint(offset);
    if (key === null) this.#varint(-1);
    else this.#text(key, keyBytes);
    this.#varint(value.length);
    this.#bytes.set(value, this.end);
    this.end += value.length;
    this.#varint(named.length);
    for (const [name, text] of named) {
      this.#text(name, Buffer.byteLength(name));
      this.#text(text, Buffer.byteLength(text));
    }
  }

  #text(text: string, bytes: number): void {
    this.#varint(bytes);
    this.end += this.#bytes.write(text, this.end);
  }

  /** Zigzag, then seven bits a byte, the lowest first. */
  #varint(value: number): void {
    let rest = zigzag(value);
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.end++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.end++] = rest;
  }
}

type Headers = readonly (readonly [name: string, text: string])[];
const noHeaders: Headers = [];

function sizeOfHeaders(headers: Headers): number {
  let size = sizeOfVarint(headers.length);
  for (const [name, text] of headers) {
    const lengths = [Buffer.byteLength(name), Buffer.byteLength(text)];
    for (const length of lengths) size += sizeOfVarint(length) + length;
  }
  return size;
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest >>>= 7) size++;
  return size;
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}
