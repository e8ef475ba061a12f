/**
 * SHA-256 (FIPS 180-4) of a text as UTF-8, in hexadecimal. For the few short texts that name a spool:
 * `node:crypto` takes 5 ms to load, which a command notices.
 */
export function sha256(text: string): string {
  const state = firstBits(8, 2);
  constants ??= firstBits(64, 3);
  const bytes = pad(Buffer.from(text, "utf8"));
  for (let at = 0; at < bytes.length; at += 64) compress(state, toWords(bytes, at), constants);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The same for every text; made for the first. */
let constants: readonly number[] | undefined;

/** The first 32 bits of the fractional parts of the square (2) or cube (3) roots of the first primes. */
function firstBits(count: number, root: 2 | 3): number[] {
  const bits: number[] = [];
  for (let candidate = 2; bits.length < count; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    const power = root === 2 ? Math.sqrt(candidate) : Math.cbrt(candidate);
    bits.push(((power - Math.floor(power)) * 2 ** 32) >>> 0);
  }
  return bits;
}

function pad(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  // No text here has 2²⁹ bytes: the upper half of its length in bits is 0.
  for (let byte = 0; byte < 4; byte++) padded[padded.length - 1 - byte] = (bytes.length * 8) >>> (byte * 8);
  return padded;
}

/** One block as 16 words of 32 bits, and the 48 that are made of them. */
function toWords(bytes: Uint8Array, at: number): readonly number[] {
  const words: number[] = [];
  const byte = (place: number): number => bytes[at + place] ?? 0;
  for (let place = 0; place < 64; place += 4)
    words.push((byte(place) << 24) | (byte(place + 1) << 16) | (byte(place + 2) << 8) | byte(place + 3));
  for (let index = 16; index < 64; index++) {
    const far = words[index - 15] ?? 0;
    const near = words[index - 2] ?? 0;
    const s0 = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3);
    const s1 = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10);
    words.push(((words[index - 16] ?? 0) + s0 + (words[index - 7] ?? 0) + s1) | 0);
  }
  return words;
}

/** Without calls and destructuring: a start pays for each of them, since nothing has been optimised yet. */
function compress(state: number[], words: readonly number[], constants: readonly number[]): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (constants[index] ?? 0) + (words[index] ?? 0)) | 0;
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries())
    state[index] = ((state[index] ?? 0) + word) | 0;
}
