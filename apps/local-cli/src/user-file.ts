import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const folder = join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "acme-cli");
const file = join(folder, "user");

/** Who signed in last on this machine; nobody where the file cannot be read. */
export function readUser(): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

export function writeUser(user: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${user}\n`, { mode: 0o600 });
}
