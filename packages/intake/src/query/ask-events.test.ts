import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listSegments } from "@activity/spool";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eventText, temporaryDirectory } from "../../test/intake-fixtures.ts";
import { askEvents } from "./ask-events.ts";

const packageFolder = new URL("../../", import.meta.url);
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const store = (name: string, id: number): void =>
  writeFileSync(join(directory.path, `${name}.ndjson`), `${eventText(id)}\n`);

describe("a question while retention removes files", () => {
  it("is answered by what is left", async () => {
    store("a", 1);
    store("b", 2);
    const lists: number[] = [];
    const list = async (): Promise<readonly string[]> => {
      const files = await listSegments(directory.path);
      lists.push(files.length);
      rmSync(join(directory.path, "a.ndjson"), { force: true });
      return files;
    };
    const { rows } = await askEvents("SELECT event_id FROM events", { list, none: "none", packageFolder });
    expect(rows).toEqual([["id-2"]]);
    expect(lists).toEqual([2, 1]);
  });

  it("says that there are none when all are gone", async () => {
    store("a", 1);
    const list = async (): Promise<readonly string[]> => {
      const files = await listSegments(directory.path);
      rmSync(join(directory.path, "a.ndjson"), { force: true });
      return files;
    };
    const asked = askEvents("SELECT 1 FROM events", { list, none: "there are no events", packageFolder });
    await expect(asked).rejects.toThrow("there are no events");
  });

  it("is refused once for what is wrong with itself", async () => {
    store("a", 1);
    let lists = 0;
    const list = (): Promise<readonly string[]> => {
      lists++;
      return listSegments(directory.path);
    };
    await expect(askEvents("SELECT nothing", { list, none: "none", packageFolder })).rejects.toThrow(
      "nothing",
    );
    expect(lists).toBe(1);
  });
});
