import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const folder = join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "acme-cli");
const file = join(folder, "port");
const defaultPort = 9_010;

/**
 * The port of the local server, always the same: a page's storage, and with it what waits there, belongs to an
 * origin, which has the port in it. Kept at the first start, for people to change.
 */
export function readPort(): number {
  try {
    const port = Number(readFileSync(file, "utf8"));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : defaultPort;
  } catch {
    keep(defaultPort);
    return defaultPort;
  }
}

function keep(port: number): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${port}\n`, { mode: 0o600, flag: "wx" });
  } catch {
    // A home that cannot be written has the default port all the same.
  }
}
