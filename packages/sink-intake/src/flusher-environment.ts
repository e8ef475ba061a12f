import type { Environment } from "@activity/spool";
import { telemetryVariable } from "./consent.ts";

/** What a flusher inherits: where homes and libraries are, how the network is reached, and what was decided. */
const inherited = [
  " HOME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA XDG_STATE_HOME XDG_CONFIG_HOME",
  "TMPDIR TEMP TMP LANG TZ PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH SYSTEMROOT WINDIR",
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY NODE_USE_ENV_PROXY",
  "NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF",
  `DO_NOT_TRACK ${telemetryVariable} `,
].join(" ");

/** Flags of Node that say which certificates to trust and how the network is reached. */
const keptFlag =
  /^--(?:use-system-ca|use-openssl-ca|use-bundled-ca|use-env-proxy|openssl-config=.+|tls-(?:min|max)-v[\d.]+|dns-result-order=\w+)$/;

/**
 * What a flusher gets of an environment: nothing that could load the user's own code (`NODE_OPTIONS`,
 * `NODE_PATH`), and no credentials of other programs.
 */
export function flusherEnvironment(env: Environment, variable?: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(env)) {
    // Names of variables differ in case from system to system, and proxies' anywhere.
    const upper = name.toUpperCase();
    const value = name === variable || inherited.includes(` ${upper} `) ? env[name] : undefined;
    if (value === undefined) continue;
    if (upper !== "HTTP_PROXY" && upper !== "HTTPS_PROXY") kept[name] = value;
    else if (value !== "") {
      const proxy = toProxy(value);
      if (proxy === undefined) continue;
      kept[name] = proxy;
      // Who has set a proxy cannot be reached without.
      kept["NODE_USE_ENV_PROXY"] ??= "1";
    }
  }
  return kept;
}

/** A proxy as Node takes it, which others take without `http://` too; `undefined` for one over which Node would not start. */
function toProxy(text: string): string | undefined {
  const url = text.includes("://") ? text : `http://${text}`;
  return URL.canParse(url) && /^(?:https?|socks5?):/i.test(url) ? url : undefined;
}

/** The flags of this process, given to it or in `NODE_OPTIONS`, that a flusher needs too. */
export function flusherFlags(
  env: Environment,
  execArgv: readonly string[] = process.execArgv,
): readonly string[] {
  const given = [...(env["NODE_OPTIONS"]?.split(/\s+/) ?? []), ...execArgv];
  return [...new Set(given.filter((flag) => keptFlag.test(flag)))];
}
