import { quote } from "@activity/core";
import type { Pause } from "./pause-file.ts";

/** Why the last program could not send, and what somebody can do about it; `undefined` where that is not known. */
export function whatToMend({ reason, denied }: Pause): string | undefined {
  if (denied === true) return "the intake answered 403 consent_denied: telemetry is switched off there";
  const { code, detail } = Object(reason) as { readonly code?: unknown; readonly detail?: unknown }; // A file may hold anything.
  if (typeof code !== "string") return undefined;
  const [, status] = /^http_(\d{3})$/.exec(code) ?? [];
  if (status !== undefined) return `the intake answered ${status}: ${adviceOf(Number(status))}`;
  const known = typeof detail === "string" && detail.length < 200 ? detail : quote(code);
  return code === "unreachable"
    ? `${known}; see that url is right and that the network lets it through`
    : known;
}

function adviceOf(status: number): string {
  if (status === 401 || status === 403)
    return "it does not take the credentials of this program; writeKey (or auth) must be one that it knows";
  if (status === 404 || status === 410 || (status >= 300 && status < 400))
    return "there is no intake at this address; url must be the path that it serves, such as …/v1/events";
  if (status === 429) return "it takes no more at the moment; it will be asked again";
  return status >= 500
    ? "it is out of order or overloaded; it will be asked again"
    : "it will be asked again";
}
