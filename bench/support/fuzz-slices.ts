/** Slices of bodies that are marked: events that must be taken, and what must be refused. */
import type { Random } from "./fuzz-random.ts";

export interface FuzzSlice {
  readonly bytes: Buffer;
  /** The text of an event that must arrive as it is; `undefined` for what must not. */
  readonly good: string | undefined;
  /** Whether it may stand in a JSON body without breaking all of it. */
  readonly isJson: boolean;
}

let number = 0;

export function goodSlice(random: Random): FuzzSlice {
  return sliceWith(values, random);
}

function sliceWith(attributes: readonly string[], random: Random): FuzzSlice {
  number++;
  const members = [
    `"event_id":"${random.chance(0.5) ? `fuzz.${number}` : `${number}-${"x".repeat(random.below(90))}`}"`,
    `"event_time":"${random.pick(times)}"`,
    `"event_type":"${random.pick(types)}"`,
    `"event_name":"${random.pick(names)}"`,
  ];
  for (let count = random.below(9); count > 0; count--) {
    members.splice(
      random.below(members.length + 1),
      0,
      `"a${count}"${random.pick(gaps)}:${random.pick(gaps)}${random.pick(attributes)}`,
    );
  }
  const gap = random.pick(gaps);
  const text = `{${gap}${members.join(`${random.pick(gaps)},${gap}`)}}`;
  return { bytes: Buffer.from(text), good: text, isJson: true };
}

/** Never an event, whatever byte but a line feed is put into it, taken out or changed, unless by a rare chance. */
export function badSlice(random: Random): FuzzSlice {
  const { good = "" } = sliceWith(plainValues, random);
  const [bytes, isJson] = random.pick(spoilers)(good, random);
  return { bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes), good: undefined, isJson };
}

const gaps = ["", "", "", " ", "\t", "  "];
const times = [
  "2026-01-02T03:04:05.678Z",
  "2026-02-28T23:59:60Z",
  "2024-02-29T00:00:00+14:00",
  "0001-01-01t00:00:00.123456789z",
  "9999-12-31T23:59:59-00:00",
];
const types = ["behavioral", "log", "metric", "x", "größe", "\\u0061b", "a b"];
const names = ["click", "page_view", "n".repeat(256), "名前", 'a\\"b', "\\ud83d\\ude00", "~"];
const values = [
  "1",
  "-0.5e-7",
  "12345678901234567890",
  "true",
  "null",
  '""',
  '"text"',
  '"größe 😀"',
  '"\\u0000\\n\\\\\\""',
  '"\\ud800"',
  "[]",
  "{}",
  '[1,[2,{"b":"}"}]]',
  '{"event_id":"nested","constructor":1}',
  `"${"long ".repeat(40)}"`,
];

/** None in which a spoiler could mistake a name for that of a field. */
const plainValues = values.filter((value) => !value.includes("event_"));

type Spoiler = (good: string, random: Random) => readonly [bytes: string | Buffer, isJson: boolean];

const fields = ["event_id", "event_time", "event_type", "event_name"];
const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const withMember = (good: string, member: string): string => `{${member},${good.slice(1)}`;

const spoilers: readonly Spoiler[] = [
  (good, random) => [good.replace(`"${random.pick(fields)}"`, '"evant"'), true],
  (good, random) => [
    good.replace(
      new RegExp(`"${random.pick(fields)}":"(?:[^"\\\\]|\\\\.)*"`),
      (member) => `${member.split(":", 1)[0]}:17`,
    ),
    true,
  ],
  (good, random) => [
    good.replace(
      new RegExp(`"${random.pick(fields)}":"(?:[^"\\\\]|\\\\.)*"`),
      (member) => `${member.split(":", 1)[0]}:"  "`,
    ),
    true,
  ],
  (good) => [good.replace(/"event_time":"[^"]*"/, '"event_time":"2026-02-30T00:00:00Z"'), true],
  (good) => [good.replace(/"event_type":"[^"]*"/, `"event_type":"${"t".repeat(129)}"`), true],
  (good, random) => [withMember(good, `"${random.pick(fields)}":"2026-01-02T03:04:05Z"`), true],
  (good) => [withMember(good, '"event\\u005fid":"twice"'), true],
  (good) => [withMember(good, '"__proto__":{"event_id":"x"}'), true],
  (good) => [withMember(good, '"x":[{"\\u005f_proto__":1}]'), true],
  (good) => [withMember(good, '"constructor":1'), true],
  (good) => [withMember(good, `"deep":${nested(40)}`), true],
  (good) => [withMember(good, `"s":"${"x".repeat(66_000)}"`), true],
  (good) => [withMember(good, Array.from({ length: 260 }, (_, index) => `"k${index}":1`).join(",")), true],
  (good) => [`[${good}]`, true],
  (good) => [`{"events":[${good}]}`, true],
  () => ["17", true],
  () => ['"text"', true],
  () => ["null", true],
  () => ["{}", true],
  () => ["[[],{}]", true],
  (good) => [`${good}${good}`, false],
  (good) => [`${good},`, false],
  (good) => [`${good} x`, false],
  (good) => [`\uFEFF x${good}`, false],
  (good, random) => [good.slice(0, -1 - random.below(good.length - 1)), false],
  (good, random) => [good.slice(1 + random.below(good.length - 1)), false],
  (good) => [`${good.slice(0, -1)},}`, false],
  (good) => [good.replace(":", ""), false],
  (good) => [good.replace('"event_id"', "event_id"), false],
  (good) => [withMember(good, '"s":"a\u0001b"'), false],
  (good) => [withMember(good, '"s":"\\x"'), false],
  (good) => [withMember(good, '"n":01'), false],
  (good) => [withMember(good, '"n":NaN'), false],
  (good) => [
    Buffer.concat([Buffer.from(good.slice(0, 12)), Buffer.of(0xff), Buffer.from(good.slice(12))]),
    false,
  ],
  (good) => [
    Buffer.concat([Buffer.from(`{"s":"`), Buffer.of(0xed, 0xa0, 0x80), Buffer.from(`",${good.slice(1)}`)]),
    false,
  ],
  (good) => [
    Buffer.concat([Buffer.from(`{"s":"`), Buffer.of(0xc0, 0x80), Buffer.from(`",${good.slice(1)}`)]),
    false,
  ],
  (good) => [Buffer.from(Buffer.from(good, "utf16le").filter((byte) => byte !== 0x0a)), false],
  () => ["{".repeat(3_000), false],
  () => ["\u0000", false],
];
