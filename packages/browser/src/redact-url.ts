const hidden = "redacted";
/** Query values that say where a visit came from, and nothing about who it is. */
const allowedQueryKeys = /^(?:utm_[a-z]+|ref)$/;
/** What follows these in a path is a secret more often than not. */
const secretParents = /^(?:share|shared|invite|invitation|token|magic|reset|verify|confirm|unsubscribe)$/i;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const file = /\.(?:m?js|tsx?|jsx|css|html|map|wasm|json|svg|png)$/;
const urlInText = /\b(?:https?|wss?):\/\/[^\s"'<>()]+/g;
/** Line and column, as they follow an address in a stack. */
const place = /(?::\d+){1,2}$/;

/**
 * A URL without what it must not tell: credentials, every query value but `utm_*` and `ref`, a fragment that
 * is no anchor or route, and path segments that look like tokens or e-mail addresses. Of `data:`, `blob:` and the like only
 * the scheme stays; what is no URL becomes `""`.
 */
export function redactUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return ""; // Nothing can be said about what is in it.
  }
  const { protocol, host, pathname, search, hash } = parsed;
  if (!/^(?:https?|wss?):$/.test(protocol)) return protocol;
  return `${protocol}//${host}${redactPath(pathname)}${redactQuery(search)}${redactHash(hash)}`;
}

/** A text, a message or a stack say, in which every URL went through {@link redactUrl}. */
export function redactUrlsIn(text: string): string {
  return text.replace(urlInText, (url) => {
    const [end = ""] = place.exec(url) ?? [];
    return redactUrl(url.slice(0, url.length - end.length)) + end;
  });
}

function redactPath(path: string): string {
  const segments = path.split("/");
  return segments
    .map((segment, index) =>
      segment !== "" && (secretParents.test(segments[index - 1] ?? "") || isSecret(segment))
        ? hidden
        : segment,
    )
    .join("/");
}

/**
 * An e-mail address, or 20 characters and more that nobody would write by hand: all three of capitals, small letters and
 * digits, or a long run of letters with digits among them. A UUID is a name, and so is a file of a build.
 */
function isSecret(segment: string): boolean {
  if (/@|%40/i.test(segment)) return true;
  if (segment.length < 20 || uuid.test(segment) || file.test(segment)) return false;
  const mixed = /[a-z]/.test(segment) && /[A-Z]/.test(segment) && /\d/.test(segment);
  return mixed || (segment.match(/[a-z\d]{20,}/gi) ?? []).some((run) => /\d/.test(run) && /[a-z]/i.test(run));
}

function redactQuery(search: string): string {
  const query = search.replace(/^\?/, "");
  if (query === "") return "";
  const members = query.split("&").map((member) => {
    const [key = "", ...value] = member.split("=");
    const shownKey = isSecret(key) ? hidden : key;
    if (value.length === 0) return shownKey;
    return `${shownKey}=${allowedQueryKeys.test(key) && !isSecret(value.join("=")) ? value.join("=") : hidden}`;
  });
  return `?${members.join("&")}`;
}

/** An anchor or a route stays; what carries values, as sign-in answers do, goes. */
function redactHash(hash: string): string {
  if (hash === "" || /^#[\w-]{1,23}$/.test(hash)) return hash;
  const [, path, search] = /^#(!?\/[^?=&]*)(\?.*)?$/.exec(hash) ?? [];
  if (path === undefined) return `#${hidden}`;
  return `#${redactPath(path)}${redactQuery(search ?? "")}`;
}
