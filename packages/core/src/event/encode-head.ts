/** Types and names whose texts are kept. Names can be user data, so the number is bounded. */
const maxHeads = 500;
const heads = new Map<string, Map<string, string>>();
let headCount = 0;

/** The head of a pair that {@link encodeHead} has seen lately; such a pair needs no check. */
export function findHead(type: string, name: string): string | undefined {
  return heads.get(type)?.get(name);
}

/** `,"event_type":"…","event_name":"…"` for a pair that was checked. Kept for {@link findHead}. */
export function encodeHead(type: string, name: string): string {
  if (++headCount > maxHeads) {
    heads.clear();
    headCount = 1;
  }
  const head = `,"event_type":${JSON.stringify(type)},"event_name":${JSON.stringify(name)}`;
  const names = heads.get(type);
  if (names) names.set(name, head);
  else heads.set(type, new Map([[name, head]]));
  return head;
}
