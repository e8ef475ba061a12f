import type { Arrived } from "./arrivals.ts";
import { controlService, paths } from "./paths.ts";

/** What the view shows, four times a second. */
export interface Scene {
  /** What the paths' processes and pages say they have recorded, and sent a second time, by service. */
  readonly recorded: ReadonlyMap<string, number>;
  readonly repeats: ReadonlyMap<string, number>;
  readonly arrived: Arrived;
  /** What the account found, by service; before it nobody can say. */
  readonly lost?: ReadonlyMap<string, number>;
  /** What is happening: `intake killed`, `everything runs`. */
  readonly note: string;
  readonly elapsedMs: number;
}

/** A picture of the run: one row a path, and one for the control. Drawn over itself on a terminal, printed once elsewhere. */
export class View {
  readonly #terminal: boolean;
  readonly #stores: string;
  #lines = 0;
  #note = "";

  constructor(terminal: boolean, stores: string) {
    this.#terminal = terminal;
    this.#stores = stores;
  }

  draw(scene: Scene): void {
    if (this.#terminal) {
      const lines = this.#render(scene);
      process.stdout.write(`${this.#lines > 0 ? `\x1b[${this.#lines}A\x1b[J` : ""}${lines.join("\n")}\n`);
      this.#lines = lines.length;
    } else if (scene.note !== this.#note) console.log(`${seconds(scene.elapsedMs)}  ${scene.note}`);
    this.#note = scene.note;
  }

  /** The last picture, with what the account found. */
  end(scene: Scene): void {
    if (this.#terminal) this.draw(scene);
    else console.log(this.#render(scene).join("\n"));
  }

  #render({ recorded, repeats, arrived, lost, note, elapsedMs }: Scene): string[] {
    const row = (service: string, title: string): string => {
      const there = arrived.ids.get(service)?.size ?? 0;
      const made = Math.max(recorded.get(service) ?? 0, there);
      // Nothing of the control waits anywhere: what has not arrived is gone.
      const forgets = service === controlService;
      const cells = [
        made,
        forgets ? "–" : made - there,
        there,
        repeats.get(service) ?? 0,
        forgets ? made - there : (lost?.get(service) ?? "?"),
        median(arrived.delaysMs.get(service) ?? []),
      ];
      return `${title.padEnd(44)}${cells.map((cell) => String(cell).padStart(10)).join("")}`;
    };
    return [
      "",
      `activity · six paths · ${seconds(elapsedMs)} · ${note}`,
      `final stores: ${this.#stores}`,
      "",
      `${"path".padEnd(44)}${["recorded", "waiting", "arrived", "repeats", "lost", "p50 ms"].map((head) => head.padStart(10)).join("")}`,
      ...paths.map(({ number, service, title }) => row(service, `${number} ${title}`)),
      row(controlService, "  control: fetch and forget → intake"),
      "",
    ];
  }
}

function median(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? "–" : String(Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0));
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(5)} s`;
}
