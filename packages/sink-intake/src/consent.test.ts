import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeClock } from "@activity/core/testing";
import { fakeClock } from "@activity/core/testing";
import type { Environment } from "@activity/spool";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ConsentWatch } from "./consent.ts";
import { watchConsent } from "./consent.ts";
import { writeDecision } from "./consent-file.ts";
import { showNotice } from "./notice.ts";

let home: string;
let clock: FakeClock;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "activity-consent-"));
  clock = fakeClock();
  file = join(home, "shop", "telemetry.json");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function watch(env: Environment = {}): ConsentWatch {
  return watchConsent(
    { app: "shop", variable: "SHOP_TELEMETRY", env: { XDG_CONFIG_HOME: home, ...env } },
    clock,
  );
}

function write(text: string): void {
  mkdirSync(join(home, "shop"), { recursive: true });
  writeFileSync(file, text);
}

const decision = (status: string): string => JSON.stringify({ status, since: "2026-03-01T12:00:00.000Z" });

describe("consent", () => {
  it.each<[env: Environment, granted: boolean, why: string]>([
    [{}, false, "unasked"],
    [{ DO_NOT_TRACK: "1" }, false, "do_not_track"],
    [{ DO_NOT_TRACK: "true", ACTIVITY_TELEMETRY: "on" }, false, "do_not_track"],
    [{ DO_NOT_TRACK: "" }, false, "unasked"],
    [{ DO_NOT_TRACK: "0" }, false, "unasked"],
    [{ DO_NOT_TRACK: "false", ACTIVITY_TELEMETRY: "1" }, true, "variable"],
    [{ ACTIVITY_TELEMETRY: "off" }, false, "variable"],
    [{ ACTIVITY_TELEMETRY: "0" }, false, "variable"],
    [{ ACTIVITY_TELEMETRY: " " }, false, "unasked"],
    [{ SHOP_TELEMETRY: "on" }, true, "variable"],
    [{ SHOP_TELEMETRY: "on", ACTIVITY_TELEMETRY: "off" }, false, "variable"],
    [{ SHOP_TELEMETRY: "no", ACTIVITY_TELEMETRY: "on" }, false, "variable"],
    [{ CI: "true" }, true, "ci"],
    [{ CI: "false" }, false, "unasked"],
    [{ CI: "no", TRAVIS: " off " }, false, "unasked"],
    [{ GITHUB_ACTIONS: "true" }, true, "ci"],
    [{ CI: "1", DO_NOT_TRACK: "1" }, false, "do_not_track"],
  ])("with %j is %p: %s", (env, granted, why) => {
    expect(watch(env).current()).toEqual({ granted, why });
    expect(readdirSync(home)).toEqual([]);
  });

  it.each<[text: string, granted: boolean, why: string]>([
    [decision("enabled"), true, "enabled"],
    [decision("noticed"), true, "noticed"],
    [decision("disabled"), false, "disabled"],
    ["", false, "unreadable"],
    ["{", false, "unreadable"],
    ['{"status":"perhaps","since":""}', false, "unreadable"],
    ["null", false, "unreadable"],
  ])("after %j is %p: %s", (text, granted, why) => {
    write(text);
    expect(watch().current()).toMatchObject({ granted, why });
    // What somebody decided counts in a build service too.
    if (!granted) expect(watch({ CI: "true" }).current()).toMatchObject({ granted, why });
  });

  it("is off where the file cannot be read, and undecided where there is no home", () => {
    mkdirSync(file, { recursive: true });
    expect(watch().current()).toEqual({ granted: false, why: "unreadable" });
    const nowhere = watchConsent({ app: "shop", env: { HOME: "relative" } }, clock);
    expect(nowhere.path === undefined || !nowhere.current().granted).toBe(true);
  });

  it("is looked up again when the file has changed, once a second at most", async () => {
    write(decision("enabled"));
    const consent = watch();
    expect(consent.current().granted).toBe(true);
    write(decision("disabled"));
    await clock.advance(999);
    expect(consent.current().granted).toBe(true);
    await clock.advance(1);
    expect(consent.current().granted).toBe(false);
    rmSync(file);
    await clock.advance(1_000);
    expect(consent.current()).toEqual({ granted: false, why: "unasked" });
  });

  it("is not read again while the file stays as it is", async () => {
    write(decision("enabled"));
    const consent = watch();
    const { atime, mtime } = statSync(file);
    consent.current();
    await clock.advance(5_000);
    utimesSync(file, atime, mtime);
    expect(consent.current()).toBe(consent.look());
  });
});

describe("the notice", () => {
  const show = (isInteractive: boolean, consent = watch()): [said: string, granted: boolean] => {
    let said = "";
    const terminal = { isInteractive: () => isInteractive, write: (text: string) => (said += text) };
    const { granted } = showNotice(consent, "We count.", { terminal, clock });
    return [said, granted];
  };

  it("is said once, to a person, and is consent from then on", () => {
    expect(show(false)).toEqual(["", false]);
    expect(show(true)).toEqual(["We count.\n", true]);
    expect(show(true)).toEqual(["", true]);
    expect(show(false)).toEqual(["", true]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, "shop"))).toEqual(["telemetry.json"]);
  });

  it("is not said where somebody has decided, or where a variable or a build service does", () => {
    for (const env of [{ DO_NOT_TRACK: "1" }, { ACTIVITY_TELEMETRY: "on" }, { CI: "true" }])
      expect(show(true, watch(env))[0]).toBe("");
    expect(readdirSync(home)).toEqual([]);
    write(decision("disabled"));
    expect(show(true)).toEqual(["", false]);
  });

  it("is not said where it cannot be kept that it was, and nothing is sent there", () => {
    writeFileSync(join(home, "shop"), "");
    expect(show(true)).toEqual(["", false]);
  });

  it.each([
    ["nothing of it", ""],
    ["half of it", "We c"],
  ])("is said again where the terminal took %s, and nothing is sent before", (_, shown) => {
    let said = "";
    const broken = {
      isInteractive: () => true,
      write: (): void => {
        said += shown;
        throw Object.assign(new Error("again"), { code: "EAGAIN" });
      },
    };
    const { granted } = showNotice(watch(), "We count.", { terminal: broken, clock });
    expect([said, granted, readdirSync(join(home, "shop"))]).toEqual([shown, false, []]);
    expect(show(true)).toEqual(["We count.\n", true]);
  });

  it("is said by one of two first commands at once at least, and kept once", () => {
    let other: [said: string, granted: boolean] | undefined;
    const write = (): void => {
      other = show(true);
    };
    const { granted } = showNotice(watch(), "We count.", {
      terminal: { isInteractive: () => true, write },
      clock,
    });
    expect([granted, other]).toEqual([true, ["We count.\n", true]]);
    expect(readdirSync(join(home, "shop"))).toEqual(["telemetry.json"]);
  });

  it("is consent only when it was said, also to a command that starts meanwhile", () => {
    let meanwhile: boolean | undefined;
    const write = (): void => {
      meanwhile = watch().current().granted;
    };
    showNotice(watch(), "We count.", { terminal: { isInteractive: () => true, write }, clock });
    expect(meanwhile).toBe(false);
  });

  it("does not replace what somebody decides while it is said", () => {
    const write = (): void => writeDecision(file, "disabled", 0);
    const { granted } = showNotice(watch(), "We count.", {
      terminal: { isInteractive: () => true, write },
      clock,
    });
    expect(granted).toBe(false);
  });

  it("does not replace what somebody decides meanwhile", () => {
    const consent = watch();
    consent.current();
    write(decision("disabled"));
    expect(show(true, consent)).toEqual(["", false]);
  });
});

it("keeps a decision in a file that only its owner can read, over a damaged one", () => {
  write("{");
  writeDecision(file, "enabled", 0);
  expect(watch().current()).toEqual({ granted: true, why: "enabled", since: "1970-01-01T00:00:00.000Z" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
