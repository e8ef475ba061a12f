import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { importances } from "@activity/core";
import { testEvent, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { drain, filesIn, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import { createSpoolStore, makeOwnDirectory, pathIn, spoolFolder } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const { text } = testEvent(1);
const isRoot = process.geteuid?.() === 0;

it.each(["platform", "host"] as const)(
  "writes through a link above its folder only where a host has named it: %s",
  (place) => {
    const elsewhere = join(directory.path, "elsewhere");
    const link = join(directory.path, "app", "activity");
    mkdirSync(elsewhere);
    mkdirSync(dirname(link));
    symlinkSync(elsewhere, link);
    const own =
      place === "platform" ? { app: "app", env: { XDG_STATE_HOME: directory.path } } : { directory: link };
    const problems: string[] = [];
    const store = createSpoolStore({
      ...own,
      destination: "x",
      onProblem: ({ message }) => problems.push(message),
    });
    store.append(text, 0, importances.behavioral);
    const told = [expect.stringContaining("is not a directory")];
    expect(problems).toEqual(place === "platform" ? told : []);
    expect(readdirSync(elsewhere)).toHaveLength(place === "platform" ? 0 : 1);
    expect([store.survives, store.adopt?.()]).toEqual([place === "host", 0]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  },
);

it.each([
  [0o777, 0o700],
  [0o755, 0o700],
  [0o700, 0o700],
])("closes a folder of mode %o to all but its owner", (mode, then) => {
  const folder = spoolFolder({ directory: directory.path, destination: "x" }) ?? "";
  mkdirSync(folder);
  chmodSync(folder, mode);
  const store = createSpoolStore({ directory: directory.path, destination: "x" });
  store.append(text, 0, importances.behavioral);
  expect([statSync(folder).mode & 0o777, store.survives]).toEqual([then, true]);
});

it.each(["c1", "cx"])(
  "neither reads nor touches what a link leads to that looks like a segment: %s",
  (count) => {
    const folder = spoolFolder({ directory: directory.path, destination: "x" }) ?? "";
    const target = join(directory.path, "target");
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(target, `${text}\n`);
    const before = statSync(target).mtimeMs;
    symlinkSync(target, join(folder, `1000000000000-aaaaaaaaaaaa-1-l0-i3-${count}-o0-pending-nobody.ndjson`));
    const codes: string[] = [];
    const store = createSpoolStore({
      directory: directory.path,
      destination: "x",
      onProblem: ({ code }) => codes.push(code),
    });
    expect([store.adopt?.(), drain(store), codes]).toEqual([0, [], ["store"]]);
    expect(statSync(target).mtimeMs).toBe(before);
    expect(readdirSync(join(folder, "quarantine"))).toHaveLength(1);
  },
);

it("does not read a link that took the place of what it had written", () => {
  const store = createSpoolStore({ directory: directory.path, destination: "x" });
  for (const event of testEvents(1, 2)) store.append(event.text, 0, importances.behavioral);
  const [file = ""] = filesIn(directory.path).filter((path) => path.endsWith(".ndjson"));
  const target = join(directory.path, "target");
  renameSync(file, target);
  symlinkSync(target, file);
  expect([idsOf(drain(store)), store.evict()]).toMatchObject([[], [{ reason: "corrupt", count: 2 }]]);
});

it("makes nothing in the home of another user, as under sudo", () => {
  const home = isRoot ? join(directory.path, "home") : "/";
  const missing = join(home, ".local", "state");
  if (isRoot) {
    mkdirSync(home);
    chownSync(home, 12_345, 12_345);
  }
  const store = createSpoolStore({ app: "x", destination: "x", env: { HOME: home } });
  store.append(text, 0, importances.behavioral);
  expect([store.survives, existsSync(missing)]).toEqual([false, false]);
  expect(() => makeOwnDirectory(missing)).toThrow(isRoot ? `${home} belongs to another user` : "EACCES");
});

it("never takes an empty directory for the root of the file system", () => {
  const refused = expect.objectContaining({
    code: "INVALID_OPTION",
    message: expect.stringContaining("directory"),
  });
  expect(() => spoolFolder({ directory: "", destination: "x" })).toThrow(refused);
  expect(() => createSpoolStore({ directory: "", destination: "x" })).toThrow(refused);
  expect(pathIn("", "x")).toBe("x");
});

it.each(["/", "/x", "/x/", "x"])("names a file in a folder as join does: %s", (folder) => {
  expect(pathIn(folder, "y", "z")).toBe(join(folder, "y", "z"));
});

it("stays where it was when the program moves to another directory, and when that is removed", () => {
  const before = process.cwd();
  const within = join(directory.path, "within");
  mkdirSync(within);
  process.chdir(directory.path);
  try {
    const store = createSpoolStore({ directory: "spool", destination: "x" });
    store.append(text, 0, importances.behavioral);
    process.chdir(within);
    store.append(testEvent(2).text, 0, importances.metric);
    expect([readdirSync(within), store.survives]).toEqual([[], true]);
    rmSync(within, { recursive: true });
    expect(idsOf(drain(store))).toEqual(["test.1", "test.2"]);
    expect(spoolFolder({ directory: "spool", destination: "x" })).toBeUndefined();
    expect(spoolFolder({ directory: directory.path, destination: "x" })).toBeDefined();
  } finally {
    process.chdir(before);
  }
});
