/** Bodies of an HTTP benchmark: each of a client of its own, with the next hundred numbers each time that it is sent. */
import { commonOnWire, sampleCalls } from "./sample-events.ts";

export const eventsPerBody = 100;

/** A body whose ids are numbered anew each time that it is sent. */
interface Body {
  readonly bytes: Buffer;
  /** Where the number of the body stands in the id of each event. */
  readonly places: readonly number[];
}

const digits = 9;
const unnumbered = "#".repeat(digits);

/** Gives whole requests, head and body, one after another. A request is good until `poolSize` others were asked for. */
export class BodyPool {
  readonly #bodies: readonly Body[];
  readonly #digits = Buffer.alloc(digits);
  #number = 100_000_000;

  constructor(poolSize = 200) {
    this.#bodies = Array.from({ length: poolSize }, (_, seed) => makeBody(seed));
  }

  /** Bytes of a body, head aside; of the first one. */
  get bodyBytes(): number {
    const [body] = this.#bodies;
    return body === undefined ? 0 : body.bytes.length - body.bytes.indexOf("\r\n\r\n") - 4;
  }

  next(): Buffer {
    const { bytes, places } = this.#bodies[this.#number % this.#bodies.length] as Body; // Below its length.
    this.#digits.write(String(this.#number++), "latin1");
    for (const place of places) this.#digits.copy(bytes, place);
    return bytes;
  }
}

function makeBody(seed: number): Body {
  const lines = sampleCalls(eventsPerBody, seed + 1).map(({ name, attributes }, index) =>
    JSON.stringify({
      event_id: `V1StGXR8Z5jdHi6Bmy${100 + seed}.${unnumbered}${String(index).padStart(2, "0")}`,
      event_time: new Date(Date.UTC(2026, 2, 1, 12, seed % 60, index % 60, seed)).toISOString(),
      event_type: "behavioral",
      event_name: name,
      ...commonOnWire,
      ...attributes,
    }),
  );
  const body = Buffer.from(`${lines.join("\n")}\n`);
  const head = `POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), body]);
  const places: number[] = [];
  for (let at = bytes.indexOf(unnumbered); at >= 0; at = bytes.indexOf(unnumbered, at + 1)) places.push(at);
  return { bytes, places };
}
