import { isAbsolute } from "node:path";
import { pathIn } from "./path-in.ts";

/** `state`: what a program keeps between runs · `config`: what belongs to its settings. */
export type DirectoryKind = "state" | "config";

/** What {@link platformDirectory} reads of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** By kind: the variable of XDG, its default below home, and the places on other platforms. */
const places = {
  state: { xdg: "XDG_STATE_HOME", home: [".local", "state"], windows: "LOCALAPPDATA", local: "Local" },
  config: { xdg: "XDG_CONFIG_HOME", home: [".config"], windows: "APPDATA", local: "Roaming" },
} as const;

/**
 * Where a program of this name keeps things of a kind on this platform; `undefined` where there is no home.
 * XDG's variables count everywhere; a path in them that is not absolute is ignored (XDG Base Directory
 * Specification).
 */
export function platformDirectory(
  kind: DirectoryKind,
  app: string,
  env: Environment = process.env,
): string | undefined {
  const { xdg, home, windows, local } = places[kind];
  const given = (name: string): string | undefined => absolute(env[name]);
  const user = absolute(env["HOME"] || env["USERPROFILE"] || userHome());
  const below = (...parts: readonly string[]): string | undefined =>
    user === undefined ? undefined : pathIn(user, ...parts);
  const own = {
    win32: (): string | undefined => given(windows) ?? below("AppData", local),
    darwin: (): string | undefined => below("Library", "Application Support"),
  };
  const place =
    process.platform === "win32" || process.platform === "darwin" ? own[process.platform]() : below(...home);
  const root = given(xdg) ?? place;
  return root === undefined ? undefined : pathIn(root, app);
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function userHome(): string | undefined {
  try {
    return process.getBuiltinModule("node:os").homedir(); // Most know their home by its variable.
  } catch {
    return undefined; // A user without an entry has no home.
  }
}
