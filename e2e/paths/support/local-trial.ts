import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalFolders, LocalWorld } from "../../support/local-world.ts";
import { createLocalWorld } from "../../support/local-world.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import type { Entry } from "./expect-refusals.ts";
import type { FarEnd, StoredEvent } from "./far-end.ts";
import { segmentsEnd } from "./far-end.ts";

/** A local world in folders of its own, and what a test looks at in it. */
export interface LocalTrial extends LocalWorld {
  readonly folders: LocalFolders;
  /** The intake, as the programs address it. */
  readonly entry: Entry;
  /** What the intake has stored. */
  readonly stored: FarEnd;
  /** What waits on the machine. */
  waiting(): Promise<readonly StoredEvent[]>;
  /** Waits until nothing does any more: commands leave their events to a process that outlives them. */
  untilNothingWaits(): Promise<void>;
  /** The id that a program keeps in its config directory. */
  installId(app: string): string;
  /** Removes the folders. */
  remove(): void;
}

export async function createLocalTrial(
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalTrial> {
  const root = mkdtempSync(join(tmpdir(), "activity-path-"));
  const folders = { home: join(root, "home"), intake: join(root, "intake") };
  const world = await createLocalWorld(folders, environment);
  return {
    ...world,
    folders,
    entry: { url: world.intakeUrl, headers: { authorization: `Bearer ${world.writeKey}` } },
    stored: segmentsEnd(folders.intake),
    waiting: () => segmentsEnd(folders.home).read(),
    untilNothingWaits: async () => {
      await segmentsEnd(folders.home).until((events) => events.length === 0, "the end of what waits");
    },
    installId: (app) => {
      const text = readFileSync(join(folders.home, "config", app, "activity.json"), "utf8");
      return String((JSON.parse(text) as Record<string, unknown>)["install_id"]); // As the client writes it.
    },
    remove: () => removeFolder(root),
  };
}
