/**
 * Passes over JSON (RFC 8259) in valid UTF-8 without building any of it. This is AssemblyScript, since that can look at
 * sixteen bytes of a string at once: `node tools/check-scanner.mjs --write` compiles it into
 * `src/event/scanner-program.ts`, and `src/event/event-scanner.ts` is what the rest of the package sees of it.
 *
 * Every function takes a place and gives the one behind what it passed; 0 where it gives up, on what is no JSON. What
 * it passes, `JSON.parse` takes. Behind the text stand zeros, which no JSON has.
 */

/** Where the text begins. What the last call found stands before it, as 32-bit integers. */
const base: usize = 64;
/** By how much bytes outnumber UTF-16 units in what was passed. */
const surplusAt: usize = 0;
/** 1 where something was passed that needs a closer look: perhaps a `__proto__`, a number that is not finite, a line end or DEL, or nested deeper than allowed. */
const oddAt: usize = 4;
/** 1 where `event_time` was not found to be a time; it may be one. */
const doubtAt: usize = 8;
/** Where the values of id, time, type and name stand in the event, in UTF-16 units, with their lengths in the low nine bits. */
const placesAt: usize = 16;

const id: i32 = 0;
const time: i32 = 1;
const none: i32 = 4;

const quote: u32 = 0x22;
const comma: u32 = 0x2c;
const minus: u32 = 0x2d;
const colon: u32 = 0x3a;
const backslash: u32 = 0x5c;
const openBracket: u32 = 0x5b;
const underscore: u32 = 0x5f;
const openBrace: u32 = 0x7b;
const closeBrace: u32 = 0x7d;
const del: u32 = 0x7f;
/** Text as little-endian numbers: `even`, and how the names of the four fields go on and end. */
const even: u32 = 0x6e657665;
const endOfId: u32 = 0x64695f74;
const endOfT: u32 = 0x5f74;
const endOfTime: u32 = 0x656d6974;
const endOfType: u32 = 0x65707974;
const endOfName: u32 = 0x656d616e;

/** A number as long as this may be more than a double can hold. */
const longNumber: usize = 300;

/** Where the event begins. */
let start: usize = 0;
/** Behind the text and its zeros: room for as many bytes as the text has. */
let stack: usize = 0;
let surplus: i32 = 0;
let escapes: i32 = 0;
let odd: bool = false;

/** Says how many bytes the text has that was put at the base. */
export function begin(length: i32): void {
  stack = base + length + 32;
}

/** The event that begins at a place of the text, or any other value, which is odd. */
export function event(at: i32, maxDepth: i32, maxKeys: i32): i32 {
  reset();
  start = base + at;
  if (byteAt(start) === openBrace) return end(members(start + 1, maxDepth, maxKeys));
  odd = true;
  return end(anyValue(start, maxDepth));
}

/** Any value, however deep. */
export function value(at: i32): i32 {
  reset();
  return end(anyValue(base + at, i32.MAX_VALUE));
}

function reset(): void {
  surplus = 0;
  escapes = 0;
  odd = false;
  store<u64>(placesAt, 0);
  store<u64>(placesAt, 0, 8);
  store<i32>(doubtAt, 0);
}

function end(at: usize): i32 {
  store<i32>(surplusAt, surplus);
  store<i32>(oddAt, i32(odd));
  return at === 0 ? 0 : i32(at - base);
}

/** The members of an event, from behind its bracket to behind the one that closes it. */
function members(from: usize, maxDepth: i32, maxKeys: i32): usize {
  let at = passBlanks(from);
  if (byteAt(at) === closeBrace) return at + 1;
  for (let keys = 1; keys <= maxKeys; keys++) {
    if (byteAt(at) !== quote) return 0;
    const before = escapes;
    const close = passString(at + 1);
    if (close === 0) return 0;
    if (escapes > before) odd = true;
    const field = look(at + 1, close - at - 2);
    at = passColon(close);
    if (at === 0) return 0;
    at = field === none ? anyValue(at, maxDepth - 1) : passField(field, at, maxDepth - 1);
    if (at === 0) return 0;
    if (byteAt(at) !== comma) at = passBlanks(at);
    if (byteAt(at) === closeBrace) return at + 1;
    if (byteAt(at) !== comma) return 0;
    at = byteAt(at + 1) === quote ? at + 1 : passBlanks(at + 1);
  }
  return 0;
}

/** Which field a member is by its name. */
function look(from: usize, length: usize): i32 {
  const first = byteAt(from);
  if (first === 0x65 && (length === 8 || length === 10) && load<u32>(from) === even) {
    const last = load<u32>(from + length - 4);
    if (length === 8) return last === endOfId ? id : none;
    if (load<u16>(from + 4) !== endOfT) return none;
    return last === endOfTime ? time : last === endOfType ? 2 : last === endOfName ? 3 : none;
  }
  // It may be __proto__, prototype or constructor.
  if ((length === 9 || length === 11) && (first === underscore || first === 0x70 || first === 0x63))
    odd = true;
  return none;
}

/** The value of one of the four fields. */
function passField(field: i32, at: usize, depthLeft: i32): usize {
  const surplusBefore = surplus;
  const escapesBefore = escapes;
  const close = anyValue(at, depthLeft);
  if (close === 0) return 0;
  const slot = placesAt + ((<usize>field) << 2);
  const plain = byteAt(at) === quote && surplus === surplusBefore && escapes === escapesBefore;
  // Not what most have there, or a field that stands twice.
  if (!plain || load<i32>(slot) !== 0 || !isPlain(field, at + 1, close - 1)) odd = true;
  store<i32>(slot, ((i32(at + 1 - start) - surplusBefore) << 9) | (i32(close - at - 2) & 0x1ff));
  return close;
}

/** Whether a value of ASCII without escapes needs no closer look. */
function isPlain(field: i32, from: usize, to: usize): bool {
  const length = to - from;
  if (length === 0 || length > (field === 3 ? 256 : field === time ? 64 : 128) || byteAt(from) === 0x20)
    return false;
  if (field === time) store<i32>(doubtAt, i32(!isPlainTime(from, length)));
  // An id has no blanks.
  if (field === id) for (let at = from; at < to; at++) if (byteAt(at) === 0x20) return false;
  return true;
}

/** Whether a text is a UTC time to the millisecond, of a day that every month has: `2026-02-28T23:59:59.999Z`. */
function isPlainTime(from: usize, length: usize): bool {
  if (length !== 24) return false;
  const marks =
    byteAt(from + 4) === minus &&
    byteAt(from + 7) === minus &&
    byteAt(from + 10) === 0x54 &&
    byteAt(from + 13) === colon &&
    byteAt(from + 16) === colon &&
    byteAt(from + 19) === 0x2e &&
    byteAt(from + 23) === 0x5a;
  const years = isNumber(from, 99) && isNumber(from + 2, 99);
  const days = isNumber(from + 5, 12) && isNumber(from + 8, 28) && pair(from + 5) > 0 && pair(from + 8) > 0;
  const clock = isNumber(from + 11, 23) && isNumber(from + 14, 59) && isNumber(from + 17, 59);
  return marks && years && days && clock && isNumber(from + 20, 99) && isDigit(byteAt(from + 22));
}

function isNumber(at: usize, most: u32): bool {
  return isDigit(byteAt(at)) && isDigit(byteAt(at + 1)) && pair(at) <= most;
}

/** Two digits as a number. */
function pair(at: usize): u32 {
  return byteAt(at) * 10 + byteAt(at + 1) - 0x210;
}

function anyValue(at: usize, depthLeft: i32): usize {
  const byte = byteAt(at);
  return byte === openBrace || byte === openBracket ? passNested(at, depthLeft) : passPlain(at, byte);
}

/** A value that is no object and no list. */
function passPlain(at: usize, first: u32): usize {
  if (first === quote) return passString(at + 1);
  if (first === minus || isDigit(first)) return passNumber(first === minus ? at + 1 : at);
  return passLiteral(at, first);
}

/** White space, if there is any. Never gives up. */
function passBlanks(from: usize): usize {
  let at = from;
  while (true) {
    const byte = byteAt(at);
    if (byte === 0x0a || byte === 0x0d) odd = true;
    else if (byte !== 0x20 && byte !== 0x09) return at;
    at++;
  }
}

/** A string, from behind the quote that opens it to behind the one that closes it. */
function passString(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    // As signed numbers those beyond ASCII are below all others.
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        v128.or(i8x16.lt_s(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f))),
      ),
    );
    if (special === 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(special);
    const byte = byteAt(at);
    if (byte === quote) return at + 1;
    if (byte < 0x20) return 0;
    if (byte === backslash) {
      escapes++;
      at = passEscape(at + 1);
      if (at === 0) return 0;
      continue;
    }
    if (byte === del) odd = true;
    else if (byte >= 0xc0) surplus += byte < 0xe0 ? 1 : 2;
    at++;
  }
}

/** What follows a backslash. */
function passEscape(at: usize): usize {
  const byte = byteAt(at);
  if (byte === 0x75) {
    for (let digit = at + 1; digit <= at + 4; digit++) if (!isHexDigit(byteAt(digit))) return 0;
    return at + 5;
  }
  const short =
    byte === quote ||
    byte === backslash ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74;
  return short ? at + 1 : 0;
}

/** The colon behind a name, with the white space round it. */
function passColon(from: usize): usize {
  const at = byteAt(from) === colon ? from : passBlanks(from);
  if (byteAt(at) !== colon) return 0;
  return byteAt(at + 1) === quote ? at + 1 : passBlanks(at + 1);
}

/**
 * An object or a list with all that is in it, from its bracket to behind the one that closes it. Which brackets are
 * open stands in bytes behind the text, and not in calls, so that no depth is too deep; one beyond the bound is odd.
 */
function passNested(from: usize, depthLeft: i32): usize {
  let depth: usize = 0;
  let at = from;
  while (true) {
    const byte = byteAt(at);
    if (byte === openBrace || byte === openBracket) {
      if (depth >= <usize>max(depthLeft, 0)) odd = true;
      store<u8>(stack + depth, byte);
      depth++;
      at = passBlanks(at + 1);
      // The brackets that close stand two behind those that open.
      if (byteAt(at) !== byte + 2) {
        if (byte === openBrace) at = passName(at);
        if (at === 0) return 0;
        continue;
      }
    } else {
      at = passPlain(at, byte);
      if (at === 0) return 0;
      at = passBlanks(at);
    }
    while (byteAt(at) === <u32>load<u8>(stack + depth - 1) + 2) {
      depth--;
      if (depth === 0) return at + 1;
      at = passBlanks(at + 1);
    }
    if (byteAt(at) !== comma) return 0;
    at = passBlanks(at + 1);
    if (load<u8>(stack + depth - 1) === openBrace) at = passName(at);
    if (at === 0) return 0;
  }
}

/** The name of a member and its colon. */
function passName(at: usize): usize {
  if (byteAt(at) !== quote) return 0;
  const before = escapes;
  const close = passString(at + 1);
  if (close === 0) return 0;
  // It may be __proto__.
  if (escapes > before || (byteAt(at + 1) === underscore && close - at === 11)) odd = true;
  return passColon(close);
}

/** A number behind its sign. */
function passNumber(from: usize): usize {
  let at = byteAt(from) === 0x30 ? from + 1 : passDigits(from);
  if (at === 0) return 0;
  if (byteAt(at) === 0x2e) {
    at = passDigits(at + 1);
    if (at === 0) return 0;
  }
  if ((byteAt(at) | 0x20) === 0x65) {
    odd = true;
    const sign = byteAt(at + 1);
    at = passDigits(sign === 0x2b || sign === minus ? at + 2 : at + 1);
    if (at === 0) return 0;
  }
  if (at - from > longNumber) odd = true;
  return at;
}

/** At least one digit. */
function passDigits(from: usize): usize {
  let at = from;
  while (isDigit(byteAt(at))) at++;
  return at > from ? at : 0;
}

/** `true`, `false` or `null`, as little-endian numbers. */
function passLiteral(at: usize, first: u32): usize {
  if (first === 0x66) return load<u32>(at + 1) === 0x65736c61 ? at + 5 : 0;
  const word = load<u32>(at);
  return word === 0x65757274 || word === 0x6c6c756e ? at + 4 : 0;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9;
}

function isHexDigit(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 <= 5;
}

function byteAt(at: usize): u32 {
  return load<u8>(at);
}
