import { rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  eventText,
  idsIn,
  killIntakes,
  post,
  runIntake,
  startIntake,
  temporaryDirectory,
  until,
} from "../test/intake-fixtures.ts";
import { createWriteKey, formatWriteKey } from "./keys/write-key.ts";

// Each starts some processes from source.
jest.setTimeout(240_000);
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => {
  killIntakes();
  directory.remove();
});

describe("activity-intake serve", () => {
  it("prints its address, keeps what it answered for, and ends cleanly on SIGTERM", async () => {
    const intake = startIntake({ ACTIVITY_DATA_DIR: directory.path });
    const url = await intake.address;
    expect((await post(url, `${eventText(1)}\n{}`)).status).toBe(202);
    intake.child.kill("SIGTERM");
    expect(await intake.exited).toBe(0);
    expect(await idsIn(directory.path)).toEqual(["id-1"]);
    expect(intake.output()).toContain("everybody on this machine may send");
    expect(intake.output()).toContain("rejected: 1 event(s)");
    expect(intake.output()).toContain("stopped: 1 event(s) taken, 0 not confirmed");
  });

  it("is what it does without a command", async () => {
    const intake = startIntake({ ACTIVITY_DATA_DIR: directory.path }, []);
    expect(await intake.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/events$/);
    intake.child.kill("SIGINT");
    expect(await intake.exited).toBe(0);
  });

  it("asks for the write key it was given, and never prints it", async () => {
    const intake = startIntake({
      ACTIVITY_DATA_DIR: directory.path,
      ACTIVITY_WRITE_KEYS: "secret-key,other",
    });
    const url = await intake.address;
    expect((await post(url, eventText(1))).status).toBe(401);
    expect((await post(url, eventText(1), { authorization: "Bearer secret-key" })).status).toBe(202);
    for (const key of ["wrong-key-1", "wrong-key-2"])
      expect((await post(url, eventText(1), { authorization: `Bearer ${key}` })).status).toBe(401);
    intake.child.kill("SIGTERM");
    expect(await intake.exited).toBe(0);
    const refused = (count: number, what: string): string =>
      `refused: ${count} request(s) answered with 401 not_signed_in: the request${what}; it must have Authorization: Bearer <write key>\n`;
    expect(intake.output()).toContain(refused(1, " has no Authorization header"));
    expect(intake.output()).toContain(refused(2, "'s Authorization is not known here"));
    expect(intake.output()).not.toMatch(/(?:secret|wrong)-key/);
  });

  it("goes on where nobody reads its log any more", async () => {
    const intake = startIntake({ ACTIVITY_DATA_DIR: directory.path });
    const url = await intake.address;
    await intake.page;
    for (const stream of [intake.child.stdout, intake.child.stderr]) stream?.destroy();
    // The first of each kind is told in a line of its own.
    const refused: readonly [string, Record<string, string>][] = [
      ["{}", {}],
      ["", {}],
      ["not json", { "content-type": "application/json" }],
      [eventText(1), { "content-type": "text/html" }],
      [eventText(1), { "content-encoding": "snappy" }],
    ];
    for (const [body, headers] of [...refused, ...refused])
      expect((await post(url, body, headers)).status).toBeGreaterThanOrEqual(400);
    expect((await post(url, eventText(1))).status).toBe(202);
    intake.child.kill("SIGTERM");
    expect(await intake.exited).toBe(0);
  });

  it("says which settings are probably mistyped", async () => {
    const intake = startIntake({ ACTIVITY_DATA_DIR: directory.path, ACTIVITY_RETENTON_DAYS: "3" });
    await intake.address;
    expect(intake.output()).toContain(
      "activity-intake: ACTIVITY_RETENTON_DAYS is no setting and changes nothing; did you mean ACTIVITY_RETENTION_DAYS?\n",
    );
  });

  it("takes in keys that are made and removed while it runs, and is no open door meanwhile", async () => {
    const file = join(directory.path, "keys");
    writeFileSync(file, "");
    const environment = { ACTIVITY_DATA_DIR: directory.path, ACTIVITY_WRITE_KEYS_FILE: file };
    const intake = startIntake(environment);
    const url = await intake.address;
    expect((await post(url, eventText(1))).status).toBe(401);
    const { key, entry } = createWriteKey("cli");
    writeFileSync(file, `${formatWriteKey(entry)}\n`);
    const send = async (): Promise<number> =>
      (await post(url, eventText(2), { authorization: `Bearer ${key}` })).status;
    await until(async () => (await send()) === 202);
    writeFileSync(file, "nonsense\n");
    await until(() => intake.output().includes("the keys stay as they were: line 1"));
    expect(await send()).toBe(202);
    writeFileSync(file, "# nobody\n");
    await until(async () => (await send()) === 401);
    expect(intake.output()).toContain("nobody may send until one is made");
    expect(intake.output()).not.toContain(key);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)(
    "under load and %s has every event that it answered for, once, also when all is sent again",
    async (signal) => {
      const confirmed = new Set<string>();
      const sent: string[] = [];
      const first = startIntake({ ACTIVITY_DATA_DIR: directory.path });
      const url = await first.address;
      const client = async (name: number): Promise<void> => {
        for (let batch = 0; ; batch++) {
          const ids = Array.from({ length: 10 }, (_, at) => `${name}-${batch}-${at}`);
          sent.push(...ids);
          const answer = await post(url, ids.map((id) => eventText(id)).join("\n"));
          if (answer.status !== 202) return;
          for (const id of ids) confirmed.add(`id-${id}`);
          if (confirmed.size >= 500) first.child.kill(signal);
        }
      };
      // Each ends when its connection breaks or the intake refuses it.
      await Promise.allSettled([0, 1, 2, 3].map(client));
      await first.exited;
      expect(confirmed.size).toBeGreaterThanOrEqual(500);
      const found = await idsIn(directory.path);
      expect([...confirmed].filter((id) => !found.includes(id))).toEqual([]);

      const second = startIntake({ ACTIVITY_DATA_DIR: directory.path });
      expect((await post(await second.address, sent.map((id) => eventText(id)).join("\n"))).status).toBe(202);
      expect((await idsIn(directory.path)).toSorted()).toEqual(sent.map((id) => `id-${id}`).toSorted());
    },
  );

  it("takes events while Kafka is down: they are in the spool, and are left for the next start", async () => {
    const environment = { KAFKA_BROKERS: "127.0.0.1:1", ACTIVITY_DATA_DIR: directory.path };
    const first = startIntake(environment);
    const { status, body } = await post(await first.address, eventText(1));
    expect([status, body["accepted"]]).toEqual([202, 1]);
    expect(first.output()).toContain("the topic events");
    first.child.kill("SIGKILL");
    await first.exited;
    const second = startIntake(environment);
    expect((await post(await second.address, `${eventText(1)}\n${eventText(2)}`)).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    second.child.kill("SIGTERM");
    expect(await second.exited).toBe(0);
    expect(second.output()).toMatch(/stopped: 1 event\(s\) taken, \d+ left in the spool/);
    expect((await idsIn(directory.path)).toSorted()).toEqual(["id-1", "id-2"]);
  });
});

describe("activity-intake", () => {
  it("ends with 2 and one sentence for settings that cannot be", async () => {
    const intake = startIntake({ HOST: "0.0.0.0" });
    expect(await intake.exited).toBe(2);
    expect(intake.output()).toMatch(/^activity-intake: HOST is 0\.0\.0\.0.*\n$/);
  });

  it("ends with 1 when its port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo; // A server on a port has no other kind of address.
    const environment = { ACTIVITY_DATA_DIR: directory.path };
    const intake = await runIntake({ ...environment, PORT: String(port) }, ["serve"]);
    expect(intake.code).toBe(1);
    expect(intake.output).toContain(
      `activity-intake: port ${port} on 127.0.0.1 is taken (EADDRINUSE); set PORT to another one, or to 0`,
    );
    const admin = await runIntake({ ...environment, PORT: "0", ACTIVITY_ADMIN_PORT: String(port) }, [
      "serve",
    ]);
    expect(admin.code).toBe(1);
    expect(admin.output).toContain("is taken (EADDRINUSE); set ACTIVITY_ADMIN_PORT to another one");
    await new Promise((resolve) => other.close(resolve));
  });

  it("says how it is used", async () => {
    const help = startIntake({}, ["--help"]);
    expect(await help.exited).toBe(0);
    expect(help.output()).toContain("usage: activity-intake [serve]");
    const wrong = startIntake({}, ["sevre"]);
    expect(await wrong.exited).toBe(2);
    expect(wrong.output()).toMatch(
      /^activity-intake: there is no command "sevre"; did you mean serve\?\nusage: /,
    );
  });

  it.each([
    [["frob"], 'there is no command "frob"\nusage: '],
    [["serve", "8080"], 'serve takes no "8080"\nusage: '],
    [["query", "--jsn", "SELECT 1"], 'query has no "--jsn"\nusage: '],
    [["query", "--json", "--csv", "SELECT 1"], "--json and --csv do not go together\nusage: "],
    [["query"], "there is no question\nusage: "],
    [["audit", "--kafak"], 'audit has no "--kafak"\nusage: '],
    [["audit", "--kafka", "x"], "--kafka takes no files\nusage: "],
    [["replay", "--lst"], 'replay has no "--lst"\nusage: '],
    [["key"], "the key has no name\nusage: "],
    [["key", "--name"], 'key has no "--name"\nusage: '],
    [["key", "a", "--limit", "5"], 'key has no "--limit"\nusage: '],
    [["key", "a", "--events-per-second", "5", "b"], 'key has no "b"\nusage: '],
    [["key", "a", "--events-per-second", "0"], '--events-per-second is "0"; it must be a number from 1'],
  ])("names what it does not understand: %j", async (args, message) => {
    const { code, output } = await runIntake({}, args);
    expect([code, output]).toEqual([2, expect.stringContaining(`activity-intake: ${message}`)]);
  });

  it.each([
    ["/proc/activity", "ENOENT"],
    ["file", "ENOTDIR"],
    ["file/below", "ENOTDIR"],
  ])("does not begin where nothing can ever be stored: %s", async (place, code) => {
    writeFileSync(join(directory.path, "file"), "");
    for (const kafka of [{}, { KAFKA_BROKERS: "127.0.0.1:1" }]) {
      const environment = { ACTIVITY_DATA_DIR: resolve(directory.path, place), ...kafka };
      const intake = await runIntake(environment, ["serve"]);
      expect(intake.code).toBe(2);
      expect(intake.output).toMatch(
        new RegExp(
          `^activity-intake: events cannot be stored in .* \\(${code}\\); .*ACTIVITY_DATA_DIR.*\\n$`,
        ),
      );
    }
  });

  it("may share its directory with another: each event that one of them took is found", async () => {
    const environment = { ACTIVITY_DATA_DIR: directory.path };
    const both = [startIntake(environment), startIntake(environment)];
    const urls = await Promise.all(both.map(({ address }) => address));
    const posts = urls.flatMap((url, at) =>
      Array.from({ length: 20 }, (_, n) => post(url, eventText(`${at}-${n}`))),
    );
    expect(new Set((await Promise.all(posts)).map(({ status }) => status))).toEqual(new Set([202]));
    both[0]?.child.kill("SIGKILL");
    both[1]?.child.kill("SIGTERM");
    await Promise.all(both.map(({ exited }) => exited));
    const ids = await idsIn(directory.path);
    expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
    // The next one knows the repeats of both.
    const next = startIntake(environment);
    const again = await post(await next.address, `${eventText("0-0")}\n${eventText("1-0")}`);
    expect(again.body).toMatchObject({ accepted: 0, duplicates: 2 });
  });

  it("confirms nothing that it wrote into a directory which was removed, and makes a new one", async () => {
    const data = join(directory.path, "data");
    const intake = startIntake({ ACTIVITY_DATA_DIR: data });
    const url = await intake.address;
    expect((await post(url, eventText(1))).status).toBe(202);
    rmSync(data, { recursive: true });
    const refused = await post(url, eventText(2));
    expect([refused.status, refused.body["code"]]).toEqual([503, "not_confirmed"]);
    expect((await post(url, eventText(2))).body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await idsIn(data)).toEqual(["id-2"]);
  });
});
