import type { Clock } from "@activity/core";
import type { WriteKey } from "./write-key.ts";
import { parseKeys, readKeyText } from "./write-key.ts";
import type { WriteKeySource } from "./write-keys.ts";

/** What {@link KeyFile} needs. */
export interface KeyFileOptions {
  readonly path: string;
  /** Keys beside those of the file. */
  readonly others: readonly string[];
  readonly clock: Clock;
  readonly tell: (problem: { readonly code: string; readonly message: string }) => void;
}

const lookEveryMs = 1_000;
/** So often at most for the sake of keys that nobody knows. */
const hurryMs = 100;
/** Whoever writes a file anew may empty it first: a client that was refused meanwhile would pause for minutes. */
const farewellMs = 900;

/**
 * The keys of a file, read again while it is used: a new key counts at its first request, one that was removed
 * no more after two seconds. A file that cannot be read, or has a line that is none, leaves the keys as they were.
 */
export class KeyFile implements WriteKeySource {
  readonly #options: KeyFileOptions;
  #text: string;
  #listed: readonly WriteKey[];
  #keys: readonly (string | WriteKey)[];
  /** When keys that are listed no more cease to count. */
  #farewellMs: number | undefined;
  #lookedMs: number;
  #complaint: string | undefined;

  /** @throws INVALID_OPTION where there is no such file, or a line of it is none. */
  constructor(options: KeyFileOptions) {
    this.#options = options;
    this.#text = readKeyText(options.path);
    this.#listed = parseKeys(this.#text);
    this.#keys = [...options.others, ...this.#listed];
    this.#lookedMs = options.clock.monotonic();
  }

  get keys(): readonly (string | WriteKey)[] {
    return this.#keys;
  }

  refresh(): void {
    if (this.#options.clock.monotonic() - this.#lookedMs >= hurryMs) this.#look();
  }

  /** Looks every second until it is told to stop. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await clock.sleep(lookEveryMs, signal);
      if (signal.aborted) return;
      this.#look();
    }
  }

  #look(): void {
    const { path, clock, tell } = this.#options;
    const now = clock.monotonic();
    this.#lookedMs = now;
    try {
      const text = readKeyText(path);
      if (text !== this.#text) this.#take(text, now);
      this.#complaint = undefined;
      if (this.#farewellMs !== undefined && now >= this.#farewellMs) this.#use(this.#listed);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      if (why !== this.#complaint) tell({ code: "key_file", message: `the keys stay as they were: ${why}` });
      this.#complaint = why;
    }
  }

  #take(text: string, now: number): void {
    const listed = parseKeys(text).map((key) => this.#listed.find((known) => isSame(known, key)) ?? key);
    const added = listed.filter((key) => !this.#listed.includes(key)).length;
    const gone = this.#listed.filter((key) => !listed.includes(key));
    this.#text = text;
    this.#listed = listed;
    this.#use([...listed, ...gone]);
    if (gone.length > 0) this.#farewellMs = now + farewellMs;
    const message = `the key file has ${listed.length} key(s) now: ${added} new, ${gone.length} gone`;
    if (added + gone.length > 0) this.#options.tell({ code: "keys", message });
  }

  #use(keys: readonly WriteKey[]): void {
    this.#keys = [...this.#options.others, ...keys];
    this.#farewellMs = undefined;
  }
}

/** What a key has spent of its limit is kept by the object that it is. */
function isSame(one: WriteKey, other: WriteKey): boolean {
  return (
    one.name === other.name && one.sha256 === other.sha256 && one.eventsPerSecond === other.eventsPerSecond
  );
}
