const hidden = "redacted";
/** Query values that say where a visit came from, and nothing about who it is. */
const allowedQueryKeys = /^(?:utm_[a-z]+|ref)$/;
/** What follows these in a path is a secret more often than not. */
const secretParents = /^(?:shared?|invit(?:e|ation)|token|magic|reset|verify|confirm|unsubscribe)$/i;
/**
 * An e-mail address, or 20 characters and more that nobody would write by hand: all three of capitals, small letters and
 * digits, or a run of letters with digits among them.
 */
const secret = /@|%40|^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{20}|(?=[a-zA-Z]*\d)(?=\d*[a-zA-Z])[a-zA-Z\d]{20}/;
/** A UUID is a name, and so is a file of a build. */
const harmless =
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$|\.(?:m?js|[jt]sx?|css|html|map|wasm|json|svg|png)$/i;
const urlInText = /\b(?:https?|wss?):\/\/[^\s"'<>()]+/g;
/** Line and column, as they follow an address in a stack. */
const place = /(?::\d+){0,2}$/;

/**
 * A URL without what it must not tell: credentials, every query value but `utm_*` and `ref`, a fragment that
 * is no anchor or route, and path segments that look like tokens or e-mail addresses. Of `data:`, `blob:` and the like only
 * the scheme stays; what is no URL becomes `""`.
 */
export function redactUrl(url: string): string {
  try {
    const { protocol, host, pathname, search, hash } = new URL(url);
    if (!/^(?:http|ws)/.test(protocol)) return protocol;
    // An anchor or a route stays; what carries values, as sign-in answers do, goes.
    const [, route, query] = /^(#!?\/[^?=&]*|#[\w-]{1,23}|)(\?.*)?$/.exec(hash) ?? ["", `#${hidden}`];
    return `${protocol}//${host}${redactPath(pathname)}${redactQuery(search)}${redactPath(route)}${redactQuery(query)}`;
  } catch {
    return ""; // Nothing can be said about what is in it.
  }
}

/** A text, a message or a stack say, in which every URL went through {@link redactUrl}. */
export function redactUrlsIn(text: string): string {
  return text.replace(urlInText, (url) => {
    const at = url.search(place);
    return redactUrl(url.slice(0, at)) + url.slice(at);
  });
}

function isSecret(text: string): boolean {
  return secret.test(text) && !harmless.test(text);
}

function redactPath(path = ""): string {
  return path
    .split("/")
    .map((segment, index, all) =>
      isSecret(segment) || (segment && secretParents.test(all[index - 1] ?? "")) ? hidden : segment,
    )
    .join("/");
}

function redactQuery(query = ""): string {
  return query.replace(/([^?&=]+)(?:=([^&]*))?/g, (_, key: string, value?: string) => {
    const shown = isSecret(key) ? hidden : key;
    if (value === undefined) return shown;
    return `${shown}=${allowedQueryKeys.test(key) && !isSecret(value) ? value : hidden}`;
  });
}
