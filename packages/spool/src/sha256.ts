/**
 * SHA-256 (FIPS 180-4) of a text as UTF-8, in hexadecimal. For the few short texts that name a spool:
 * `node:crypto` takes 5 ms to load, which a command notices. It runs before anything is optimised, so it makes no
 * calls and no numbers of more than 32 bits where it can.
 */
export function sha256(text: string): string {
  const words = toWords(Buffer.from(text, "utf8"));
  const state = new Int32Array(initial);
  const schedule = new Int32Array(64);
  for (let at = 0; at < words.length; at += 16) compress(state, words.subarray(at, at + 16), schedule);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const initial = [
  1779033703, -1150833019, 1013904242, -1521486534, 1359893119, -1694144372, 528734635, 1541459225,
];

/** The same of the cube roots of the first 64 primes. */
const constants = [
  1116352408, 1899447441, -1245643825, -373957723, 961987163, 1508970993, -1841331548, -1424204075,
  -670586216, 310598401, 607225278, 1426881987, 1925078388, -2132889090, -1680079193, -1046744716, -459576895,
  -272742522, 264347078, 604807628, 770255983, 1249150122, 1555081692, 1996064986, -1740746414, -1473132947,
  -1341970488, -1084653625, -958395405, -710438585, 113926993, 338241895, 666307205, 773529912, 1294757372,
  1396182291, 1695183700, 1986661051, -2117940946, -1838011259, -1564481375, -1474664885, -1035236496,
  -949202525, -778901479, -694614492, -200395387, 275423344, 430227734, 506948616, 659060556, 883997877,
  958139571, 1322822218, 1537002063, 1747873779, 1955562222, 2024104815, -2067236844, -1933114872,
  -1866530822, -1538233109, -1090935817, -965641998,
];

/** With the bit, the zeros and the length in bits that end a message. */
function toWords(bytes: Uint8Array): Int32Array {
  const { length } = bytes;
  const words = new Int32Array(Math.ceil((length + 9) / 64) * 16);
  for (let at = 0; at <= length; at++)
    words[at >> 2] = (words[at >> 2] ?? 0) | ((bytes[at] ?? 0x80) << (24 - 8 * (at & 3)));
  // No text here has 2²⁹ bytes: the upper half of its length is 0.
  words[words.length - 1] = length * 8;
  return words;
}

/** One block of 16 words; `schedule` is room for 64. */
function compress(state: Int32Array, block: Int32Array, schedule: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  schedule.set(block);
  for (let at = 0; at < 64; at++) {
    if (at > 15) {
      const far = schedule[at - 15] ?? 0;
      const near = schedule[at - 2] ?? 0;
      const s0 = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3);
      const s1 = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10);
      schedule[at] = (schedule[at - 16] ?? 0) + s0 + (schedule[at - 7] ?? 0) + s1;
    }
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (constants[at] ?? 0) + (schedule[at] ?? 0)) | 0;
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
  const ends = [a, b, c, d, e, f, g, h];
  for (let at = 0; at < 8; at++) state[at] = (state[at] ?? 0) + (ends[at] ?? 0);
}
