const encoder = new TextEncoder();
const seed = 0x9747b28c;
const factor = 0x5bd1e995;

/**
 * The hash by which Kafka's own clients choose the partition of a key (murmur2 of the key's UTF-8, without the sign):
 * source `org.apache.kafka.common.utils.Utils.murmur2` and `toPositive`.
 */
export function murmur2(key: string): number {
  const bytes = encoder.encode(key);
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed ^ bytes.length;
  for (let place = 0; place < whole; place += 4) {
    let word = at(bytes, place) | (at(bytes, place + 1) << 8);
    word |= (at(bytes, place + 2) << 16) | (at(bytes, place + 3) << 24);
    word = Math.imul(word, factor);
    word ^= word >>> 24;
    hash = Math.imul(hash, factor) ^ Math.imul(word, factor);
  }
  for (let place = bytes.length - 1; place >= whole; place--)
    hash ^= at(bytes, place) << (8 * (place - whole));
  if (whole < bytes.length) hash = Math.imul(hash, factor);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, factor);
  hash ^= hash >>> 15;
  return hash & 0x7fff_ffff;
}

function at(bytes: Uint8Array, place: number): number {
  return bytes[place] ?? 0;
}
