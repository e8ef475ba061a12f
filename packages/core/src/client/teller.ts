import { ActivityError } from "../errors/activity-error.ts";
import type { EventProblem, Problem } from "../errors/problem.ts";
import { describeProblems } from "../event/event-problems.ts";
import type { ClientOptions } from "./client.ts";

/** Which event a problem is about. */
export interface EventLabel {
  readonly type: string;
  readonly name: string;
}

/** What was wrong with an event, or what was thrown on its way. */
export interface Finding {
  readonly about?: EventLabel | undefined;
  readonly problems?: readonly EventProblem[] | undefined;
  readonly cause?: unknown;
}

/** Counts what never reached the sink, and tells the host of every problem: by its handler, or strictly. */
export class Teller {
  readonly counts: { refused: number; filtered: number; sampledOut: number } = {
    refused: 0,
    filtered: 0,
    sampledOut: 0,
  };
  /** Whether the client takes no more events. */
  closed = false;
  readonly #options: Pick<ClientOptions, "strict" | "onProblem">;

  constructor(options: Pick<ClientOptions, "strict" | "onProblem">) {
    this.#options = options;
  }

  /** @throws OFF_CATALOG, CLOSED or INVALID_EVENT when the client is strict. */
  tell(code: Problem["code"], message: string, { about, problems, cause }: Finding): void {
    const { strict, onProblem } = this.#options;
    const label = about && { eventType: about.type, eventName: about.name };
    const found = problems && { problems };
    if (!strict) return onProblem?.({ code, message, ...label, ...found, cause });
    throw new ActivityError(
      code === "off_catalog" ? "OFF_CATALOG" : this.closed && !problems ? "CLOSED" : "INVALID_EVENT",
      message,
      { ...found, cause },
    );
  }

  /** Counts an event that is not recorded, and tells why. */
  refuse(finding: Finding): void {
    this.counts.refused++;
    const { problems, cause } = finding;
    const why = problems
      ? describeProblems(problems)
      : this.closed && !cause
        ? "the client is closed"
        : describeCause(cause);
    this.tell("refused", `an event was not recorded: ${why}`, finding);
  }
}

function describeCause(cause: unknown): string {
  try {
    return String(cause).slice(0, 256);
  } catch {
    return "something without a text was thrown";
  }
}
