const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const underscore = 0x5f;
const letterU = 0x75;
const del = 0x7f;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** A number as long as this may be more than a double can hold. */
const longNumber = 300;

/**
 * Passes over JSON (RFC 8259) in bytes that are valid UTF-8, without building any of it. Every method takes a
 * place and gives the one behind what it passed, or -1 where it gives up: on what is no JSON, or nested too
 * deep. What it passes, `JSON.parse` takes.
 */
export class JsonScanner {
  readonly bytes: Uint8Array;
  /** By how much bytes outnumber UTF-16 units in all that was passed. */
  surplus = 0;
  /** Backslashes in all that was passed. */
  escapes = 0;
  /** Whether something was passed that needs a closer look: perhaps a `__proto__`, a number that is not finite, a line end or DEL. */
  odd = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Any value. `depthLeft` is how many brackets may be open at one time. */
  value(at: number, depthLeft: number): number {
    const byte = this.bytes[at] ?? 0;
    if (byte === quote) return this.string(at + 1);
    if (byte === minus || isDigit(byte)) return this.#number(byte === minus ? at + 1 : at);
    if (byte === openBrace) return this.#object(at + 1, depthLeft - 1);
    if (byte === openBracket) return this.#list(at + 1, depthLeft - 1);
    return this.#literal(at, byte);
  }

  /** White space, if there is any. Never gives up. */
  blanks(from: number): number {
    const { bytes } = this;
    for (let at = from; ; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0x0a || byte === 0x0d) this.odd = true;
      else if (byte !== 0x20 && byte !== 0x09) return at;
    }
  }

  /** A string, from behind the quote that opens it to behind the one that closes it. */
  string(from: number): number {
    const { bytes } = this;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      // Most characters pass these two.
      if (byte > backslash && byte < del) continue;
      if (byte > quote && byte < backslash) continue;
      if (byte === quote) return at + 1;
      if (byte >= 0xc0) this.surplus += byte < 0xe0 ? 1 : 2;
      else if (byte < 0x20) return -1;
      else if (byte === del) this.odd = true;
      else if (byte === backslash) {
        this.escapes++;
        at = this.#escape(at + 1);
        if (at < 0) return -1;
      }
    }
    return -1;
  }

  /** The colon behind a name, with the white space round it. */
  colon(from: number): number {
    const at = this.bytes[from] === colon ? from : this.blanks(from);
    return this.bytes[at] === colon ? this.blanks(at + 1) : -1;
  }

  /** A comma with the white space round it: the place of what follows. Where the bracket is closed, -1 minus the place behind it; else 0. */
  separator(from: number, close: number): number {
    const at = this.blanks(from);
    const byte = this.bytes[at];
    if (byte === comma) return this.blanks(at + 1);
    return byte === close ? -2 - at : 0;
  }

  #object(from: number, depthLeft: number): number {
    if (depthLeft < 0) return -1;
    const { bytes } = this;
    let at = this.blanks(from);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      const { escapes } = this;
      const end = this.string(at + 1);
      if (end < 0) return -1;
      // Its name may be __proto__.
      if (this.escapes > escapes || (bytes[at + 1] === underscore && end - at === 11)) this.odd = true;
      at = this.colon(end);
      if (at < 0) return -1;
      at = this.value(at, depthLeft);
      if (at < 0) return -1;
      at = this.separator(at, closeBrace);
      if (at <= 0) return -1 - at;
    }
  }

  #list(from: number, depthLeft: number): number {
    if (depthLeft < 0) return -1;
    let at = this.blanks(from);
    if (this.bytes[at] === closeBracket) return at + 1;
    for (;;) {
      at = this.value(at, depthLeft);
      if (at < 0) return -1;
      at = this.separator(at, closeBracket);
      if (at <= 0) return -1 - at;
    }
  }

  /** What follows a backslash: gives its last character's place. */
  #escape(at: number): number {
    const byte = this.bytes[at] ?? 0;
    if (byte !== letterU) return '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? at : -1;
    for (let digit = at + 1; digit <= at + 4; digit++) if (!isHexDigit(this.bytes[digit] ?? 0)) return -1;
    return at + 4;
  }

  /** A number behind its sign. */
  #number(from: number): number {
    const { bytes } = this;
    let at = from;
    if (bytes[at] === zero) at++;
    else at = this.#digits(at);
    if (at < 0) return -1;
    if (bytes[at] === dot) {
      at = this.#digits(at + 1);
      if (at < 0) return -1;
    }
    const byte = bytes[at];
    if (byte === 0x65 || byte === 0x45) {
      this.odd = true;
      const sign = bytes[at + 1];
      at = this.#digits(sign === 0x2b || sign === minus ? at + 2 : at + 1);
    }
    if (at - from > longNumber) this.odd = true;
    return at;
  }

  /** At least one digit. */
  #digits(from: number): number {
    const { bytes } = this;
    let at = from;
    while (isDigit(bytes[at] ?? 0)) at++;
    return at > from ? at : -1;
  }

  #literal(at: number, byte: number): number {
    const rest = byte === 0x74 ? "rue" : byte === 0x66 ? "alse" : byte === 0x6e ? "ull" : "";
    if (rest === "") return -1;
    for (let index = 0; index < rest.length; index++) {
      if (this.bytes[at + 1 + index] !== rest.charCodeAt(index)) return -1;
    }
    return at + 1 + rest.length;
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
