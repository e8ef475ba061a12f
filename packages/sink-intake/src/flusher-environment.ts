import type { Environment } from "@activity/spool";
import { telemetryVariable } from "./consent.ts";

/** What a flusher inherits: where homes and libraries are, how the network is reached, and what was decided. */
const inherited: readonly RegExp[] = [
  /^(?:HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|XDG_(?:STATE|CONFIG)_HOME)$/i,
  /^(?:PATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SYSTEMROOT|WINDIR|TMPDIR|TEMP|TMP|LANG|TZ)$/i,
  /^(?:HTTP|HTTPS|ALL|NO)_PROXY$/i,
  /^(?:NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|NODE_USE_ENV_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|OPENSSL_CONF)$/i,
  /^DO_NOT_TRACK$/i,
];

/** Flags of Node that say which certificates to trust and how the network is reached. */
const keptFlag =
  /^--(?:use-system-ca|use-openssl-ca|use-bundled-ca|use-env-proxy|openssl-config=.+|tls-(?:min|max)-v[\d.]+|dns-result-order=\w+)$/;

/**
 * What a flusher gets of an environment: nothing that could load the user's own code (`NODE_OPTIONS`,
 * `NODE_PATH`), and no credentials of other programs.
 */
export function flusherEnvironment(env: Environment, variable?: string): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined &&
      (name === variable || name === telemetryVariable || inherited.some((pattern) => pattern.test(name))),
  );
  const proxied = kept.some(([name]) => /^https?_proxy$/i.test(name));
  // Who has set a proxy cannot be reached without.
  return { ...(proxied ? { NODE_USE_ENV_PROXY: "1" } : {}), ...Object.fromEntries(kept) } as Record<
    string,
    string
  >; // Unset ones were left out.
}

/** The flags of this process, given to it or in `NODE_OPTIONS`, that a flusher needs too. */
export function flusherFlags(
  env: Environment,
  execArgv: readonly string[] = process.execArgv,
): readonly string[] {
  const given = [...(env["NODE_OPTIONS"] ?? "").split(/\s+/), ...execArgv];
  return [...new Set(given.filter((flag) => keptFlag.test(flag)))];
}
