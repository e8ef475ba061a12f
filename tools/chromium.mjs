/** A Chromium for the browser tests: one that is there, or Debian's package where installing it can harm nobody. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { MissingPrerequisite, run, say, showProgress } from "./run.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge"];
const places = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ...[process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA].flatMap((root) =>
    root === undefined ? [] : [join(root, "Google", "Chrome", "Application", "chrome.exe")],
  ),
];

/** Returns the path of a Chromium. `CHROMIUM` in the environment names one; else it is looked for, else installed. */
export async function findChromium() {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new MissingPrerequisite(`CHROMIUM names ${named}, which is no program.`);
  }
  const found = installedChromium();
  if (found !== undefined) return found;
  const debian = existsSync("/etc/debian_version");
  if (!debian)
    throw new MissingPrerequisite("The browser tests need Chromium: install it, or name one in CHROMIUM.");
  if (!mayInstall()) {
    throw new MissingPrerequisite(
      "The browser tests need Chromium: run `sudo apt-get install -y chromium`, or name one in CHROMIUM.",
    );
  }
  return install();
}

export function installedChromium(path = process.env.PATH ?? "") {
  const candidates = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...places].find(isProgram);
}

/** Only as root in a container or on CI: nobody's own machine gets a package without being asked. */
function mayInstall() {
  if (process.getuid?.() !== 0) return false;
  if (process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false") return true;
  if (existsSync("/.dockerenv") || existsSync("/run/.containerenv")) return true;
  return /(?:^|\0)(?:container|KUBERNETES_SERVICE_HOST)=/.test(environmentOfInit());
}

/** Containers mark themselves here; where it is hidden from us, we know nothing. */
function environmentOfInit() {
  try {
    return readFileSync("/proc/1/environ", "latin1");
  } catch {
    return "";
  }
}

async function install() {
  say("Installing Debian's chromium (about 120 MB to fetch, once) ...");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const steps = [
    ["update", "-q"],
    ["install", "-y", "-q", "--no-install-recommends", "chromium"],
  ];
  for (const args of steps) {
    const { code, output } = await showProgress(() => run("apt-get", args, { env, output: "keep" }));
    if (code !== 0) {
      throw new MissingPrerequisite(
        `apt-get ${args[0]} failed (${output.trim().split("\n").at(-1)}): install Chromium by hand.`,
      );
    }
  }
  const found = installedChromium();
  if (found === undefined)
    throw new MissingPrerequisite(
      "Debian's chromium was installed but is not on the PATH: name it in CHROMIUM.",
    );
  return found;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run: both mean "look further"
  }
}
