/** Characters of the envelope's fields (UTF-16 units). */
export const maxIdChars = 128;
export const maxTypeChars = 128;
export const maxNameChars = 256;
/** Nested objects and arrays of one event, the event itself counted. */
export const maxDepth = 32;
/** Values of an event's attributes that are encoded, so that objects which share members cannot unfold without end. */
export const maxValues = 50_000;
/** Above this a client shortens an event's largest attributes: bytes of UTF-8. */
export const createdEventMaxBytes = 32_768;
/** The least that can be set for it: room for the four fields and every mark. */
export const createdEventMinBytes = 8_192;
/** Attributes of a created event: what 256 keys leave beside the four fields and six marks. */
export const createdEventMaxAttributes = 246;
/** Names listed in `encoding_problems` and `truncated_attributes`; the others are counted. */
export const maxNamesListed = 32;

/** Bytes of an event's text as UTF-8, and keys at its top level, wherever it enters. */
export const maxEventBytes = 65_536;
export const maxKeys = 256;

/** Bounds of one event. Each is an option wherever events enter. */
export interface EventLimits {
  /** Bytes of the whole text as UTF-8. */
  readonly maxBytes: number;
  /** Nested objects and arrays, the event itself counted. */
  readonly maxDepth: number;
  /** Keys at the top level, the four fields counted. */
  readonly maxKeys: number;
}

/** What may enter through a parse: a proxy, an intake, `forward`. */
export const eventLimits: EventLimits = { maxBytes: maxEventBytes, maxDepth, maxKeys };

/** A server's Retry-After counts from 0 up to this. */
export const retryAfterMaxMs = 3_600_000;
/** Pauses after 401 and 403, and after 404, 410 and 3xx: doubling from the first to the last. */
export const unauthorizedPauseMs: PauseMs = { first: 900_000, max: 21_600_000 };
export const misplacedPauseMs: PauseMs = { first: 3_600_000, max: 86_400_000 };

interface PauseMs {
  readonly first: number;
  readonly max: number;
}

/** The defaults of delivery. Each is an option where it is used. */
export const defaultLimits = {
  /** An HTTP request or Kafka send. */
  batch: { maxEvents: 1_000, maxBytes: 524_288, lingerMs: 1_000 },
  kafkaBatch: { maxEvents: 400, maxBytes: 900_000, lingerMs: 20 },
  /** Full jitter: a random part of `baseMs · 2ⁿ`, at most `capMs`. */
  retry: { baseMs: 200, capMs: 60_000 },
  /** A broker is back within seconds; its queue should not wait a minute for the next probe. */
  kafkaRetry: { baseMs: 200, capMs: 10_000 },
  browserRetry: { baseMs: 1_000, capMs: 300_000 },
  /** What waits in memory. */
  memoryStore: { events: 10_000, bytes: 16_777_216 },
  kafkaMemoryStore: { events: 100_000, bytes: 67_108_864 },
  /** What waits on disk. */
  spool: { bytes: 67_108_864, files: 1_000, ageMs: 2_592_000_000, segmentBytes: 262_144 },
  /** How long a Kafka event may wait in memory. */
  kafkaDeliveryMs: 300_000,
  flushMs: 10_000,
  closeMs: 2_000,
  kafkaCloseMs: 5_000,
  /** One HTTP attempt. */
  attemptMs: 15_000,
  commandAttemptMs: 4_000,
} as const;
