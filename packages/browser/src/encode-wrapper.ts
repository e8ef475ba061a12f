/** What stands beside the events in the body of a request. */
export interface WrapperHead {
  /** 16 to 64 characters of `A–Z a–z 0–9 _ -`. */
  readonly batchId: string;
  /** When the attempt begins: RFC 3339. */
  readonly sentAt: string;
}

/** The body of a request: `{ batch_id, sent_at, events }`. The events' texts are spliced in as they are. */
export function encodeWrapper({ batchId, sentAt }: WrapperHead, texts: readonly string[]): string {
  return `{"batch_id":"${batchId}","sent_at":"${sentAt}","events":[${texts.join(",")}]}`;
}
