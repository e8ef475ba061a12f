/**
 * SHA-256 (FIPS 180-4) of a text as UTF-8, in hexadecimal. For the few short texts that name a spool:
 * `node:crypto` takes 5 ms to load, which a command notices.
 */
export function sha256(text: string): string {
  const state = Uint32Array.from(firstBits(8, 2));
  constants ??= Uint32Array.from(firstBits(64, 3));
  const words = new Uint32Array(64);
  const padded = pad(Buffer.from(text, "utf8"));
  for (let at = 0; at < padded.length; at += 64) {
    for (let index = 0; index < 16; index++) words[index] = padded.readUInt32BE(at + index * 4);
    compress(state, extend(words), constants);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** The same for every text; made for the first. */
let constants: Uint32Array | undefined;

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

function pad(bytes: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(bytes.length) * 8n, padded.length - 8);
  return padded;
}

function extend(words: Uint32Array): Uint32Array {
  const at = (index: number): number => words[index] ?? 0;
  for (let index = 16; index < 64; index++) {
    const [near, far] = [at(index - 2), at(index - 15)];
    const s0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    const s1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    words[index] = at(index - 16) + s0 + at(index - 7) + s1;
  }
  return words;
}

function compress(state: Uint32Array, words: Uint32Array, constants: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const one = (h + s1 + choice + (constants[index] ?? 0) + (words[index] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + s0 + majority) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
