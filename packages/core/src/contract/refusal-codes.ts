/** Why a whole request was refused: the `code` of a problem body. Closed union. */
export const refusalCodes = [
  "no_events",
  "bad_json",
  "bad_unicode",
  "undecodable",
  "body_incomplete",
  "body_consumed",
  "none_valid",
  "not_signed_in",
  "origin_refused",
  "host_refused",
  "consent_denied",
  "not_found",
  "wrong_method",
  "slow_body",
  "body_too_large",
  "too_many_events",
  "unknown_media_type",
  "unknown_coding",
  "too_many_requests",
  "busy",
  "draining",
  "refused_by_sink",
  "not_confirmed",
  "authenticate_failed",
  "internal",
] as const;

/** A code of {@link refusalCodes}. */
export type RefusalCode = (typeof refusalCodes)[number];
