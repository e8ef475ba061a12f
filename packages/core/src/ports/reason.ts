/** Why something failed, for people and for counting. Holds no payload and no secret. */
export interface Reason {
  /** A stable, low-cardinality name such as `unreachable`, `http_503`, `too_large` or a drop reason. */
  readonly code: string;
  /** One sentence for people. */
  readonly detail?: string | undefined;
}
