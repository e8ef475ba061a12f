import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { GroupCommit } from "./group-commit.ts";

/** Lets whatever waits for the end of a turn happen. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await setImmediate();
}

function group(): {
  readonly commit: GroupCommit;
  readonly syncs: { done(): void; failed(): void }[];
  write(): number;
} {
  const syncs: { done(): void; failed(): void }[] = [];
  let last = 0;
  const commit = new GroupCommit({
    last: () => last,
    sync: () =>
      new Promise((resolve, reject) => {
        syncs.push({ done: resolve, failed: () => reject(new Error("the disk is gone")) });
      }),
  });
  return { commit, syncs, write: () => ++last };
}

describe("a group commit", () => {
  it("syncs once for all who come in one turn, and once for those who come meanwhile", async () => {
    const { commit, syncs, write } = group();
    const durable: number[] = [];
    const reach = (): void => {
      const position = write();
      void commit.reach(position).then(() => durable.push(position));
    };
    reach();
    await Promise.resolve();
    reach();
    await turns();
    expect(syncs).toHaveLength(1);
    reach();
    reach();
    await turns();
    expect(syncs).toHaveLength(1);
    expect(durable).toEqual([]);
    syncs[0]?.done();
    await turns();
    expect(durable).toEqual([1, 2]);
    expect(syncs).toHaveLength(2);
    syncs[1]?.done();
    await turns();
    expect(durable).toEqual([1, 2, 3, 4]);
    await commit.reach(4);
    expect(syncs).toHaveLength(2);
  });

  it("tells those who waited for a sync that failed, and tries again for the next", async () => {
    const { commit, syncs, write } = group();
    const failed = expect(commit.reach(write())).rejects.toThrow("the disk is gone");
    await turns();
    const next = commit.reach(write());
    syncs[0]?.failed();
    await failed;
    await turns();
    syncs[1]?.done();
    await expect(next).resolves.toBeUndefined();
  });
});
