/** The numbers of the browser client, each with its unit. */

/** Events and bytes that wait at most, in the page's memory and in its origin's journal. */
export const maxWaitingEvents = 2_000;
export const maxWaitingBytes = 5_000_000;
/** Above this the largest attributes of an event are shortened: bytes of UTF-8. */
export const maxEventBytes = 32_768;
/** How long an event waits at most. */
export const maxAgeMs = 604_800_000;
/** The first commit to the journal is made at once, the next after so long. */
export const commitMs = 50;
/** Bytes of what a leaving page writes into `localStorage`. */
export const lifeboatBytes = 131_072;
/** How long after its first event a batch leaves. */
export const lingerMs = 1_000;
/** One request: small enough that half of a leaving page's allowance stays free while one is under way. */
export const batchEvents = 500;
export const batchBytes = 30_000;
/** Bytes of all requests under way with `keepalive`. Browsers refuse more than 65,536 of a page. */
export const keepaliveBytes = 60_000;
/** Above this a body is compressed, when the page is not leaving. */
export const compressBytes = 2_048;
/** One attempt. */
export const attemptMs = 15_000;
/** How long a batch whose answer nobody has read is waited for before its events are sent again. */
export const flightMs = 30_000;
/** Full jitter: a random part of `first · 2ⁿ`, at most `max`. */
export const retryMs = 1_000;
export const maxRetryMs = 300_000;
/** Failures in a row after which a single event is sent to see whether the server is back. */
export const failuresToProbe = 5;
/** A visit ends after so long without an event, and at the latest after so long. */
export const sessionIdleMs = 1_800_000;
export const sessionMaxMs = 86_400_000;
/** How exact the end of a visit is: the time of the last event is written at most this often. */
export const sessionTouchMs = 60_000;
/** Errors that the plugin `errors()` records in a minute. */
export const errorsPerMinute = 10;
export const flushTimeoutMs = 10_000;
export const closeTimeoutMs = 2_000;
