import type { Reason } from "../ports/reason.ts";
import type { Gate } from "./gate.ts";

/** What is paused and needs somebody's attention, so that each reason is told once and not at every try. */
export class Pauses {
  readonly #reasons = new Map<Gate, string>();

  /** Notes why a lane, or the whole destination, is paused. Whether that is news. */
  begin(gate: Gate, { code, detail = "" }: Reason): boolean {
    const reason = `${code} ${detail}`;
    const isNews = ![...this.#reasons.values()].includes(reason);
    this.#reasons.set(gate, reason);
    return isNews;
  }

  /** Something came through: the next pause is news again. */
  end(gate: Gate): void {
    this.#reasons.delete(gate);
  }
}
