/** The numbers of the browser client, each with its unit. */
export const browserLimits = {
  /**
   * One request. Small enough that it can be sent with `keepalive`, which lets it outlive its page, and
   * that half of a leaving page's allowance stays free while one is under way.
   */
  batch: { maxEvents: 500, maxBytes: 30_000, inFlight: 1, perLane: 1 },
  /** Bytes of all requests under way with `keepalive`. Browsers refuse more than 65,536 of a page. */
  keepaliveBytes: 60_000,
  /** What waits in the page's memory. */
  store: { maxEvents: 2_000, maxBytes: 5_000_000 },
  /** A visit ends after so long without an event, and at the latest after so long. */
  sessionIdleMs: 1_800_000,
  sessionMaxMs: 86_400_000,
  /** How exact the end of a visit is: the time of the last event is written at most this often. */
  sessionTouchMs: 60_000,
  /** Errors that the plugin `errors()` records in a minute. */
  errorsPerMinute: 10,
} as const;
