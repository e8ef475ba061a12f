/** Whether a text is an event, told without any of our code: by JSON.parse with a reviver, and by the words of docs/events.md. */
export function isValidEvent(text: string): boolean {
  const names: string[] = [];
  let value: unknown;
  try {
    value = JSON.parse(text, (key, member: unknown) => {
      names.push(key);
      return member;
    });
  } catch {
    return false;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (Buffer.byteLength(text) > 65_536 || Object.keys(value).length > 256 || depthOf(value) > 32)
    return false;
  if (names.includes("__proto__") || Object.hasOwn(value, "constructor") || Object.hasOwn(value, "prototype"))
    return false;
  const event: Readonly<Record<string, unknown>> = { ...value };
  return (
    isText(event["event_id"], 128) &&
    /^[\x21-\x7e]+$/.test(event["event_id"]) &&
    isText(event["event_type"], 128) &&
    isText(event["event_name"], 256) &&
    typeof event["event_time"] === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(event["event_time"]) &&
    isDay(event["event_time"].slice(0, 10)) &&
    !repeatsField(text)
  );
}

function isText(value: unknown, maxChars: number): value is string {
  return (
    typeof value === "string" &&
    value.length <= maxChars &&
    /[^\s\p{Cc}]/u.test(value) &&
    !/\p{Surrogate}/u.test(value)
  );
}

function isDay(date: string): boolean {
  const time = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date);
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function repeatsField(text: string): boolean {
  const names = topLevelNames(text);
  return fields.some((field) => names.filter((name) => name === field).length !== 1);
}

const fields = ["event_id", "event_time", "event_type", "event_name"];

/** Names at the top level of the text of a JSON object, in order, repeats too. */
function topLevelNames(text: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let last = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token.startsWith('"')) last = token;
    else if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1) names.push(JSON.parse(last) as string); // A name is a string.
  }
  return names;
}
