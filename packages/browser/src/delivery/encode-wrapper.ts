/**
 * The body of a request: `{ batch_id, sent_at, events }`. The events' texts are spliced in as they are.
 *
 * @param batchId 16 to 64 characters of `A–Z a–z 0–9 _ -`
 * @param nowMs when the attempt begins, in milliseconds since the Unix epoch
 */
export function encodeWrapper(
  batchId: string,
  nowMs: number,
  events: readonly { readonly text: string }[],
): string {
  const texts = events.map(({ text }) => text);
  return `{"batch_id":"${batchId}","sent_at":"${new Date(nowMs).toJSON()}","events":[${texts.join(",")}]}`;
}
