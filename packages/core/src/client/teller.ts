import { ActivityError } from "../errors/activity-error.ts";
import type { EventProblem, Problem } from "../errors/problem.ts";
import { describeProblems } from "../event/event-problems.ts";
import { parseMembers } from "../event/parse-members.ts";
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
export class Teller<Options extends Pick<ClientOptions, "strict" | "onProblem">> {
  readonly counts: { refused: number; filtered: number; sampledOut: number } = {
    refused: 0,
    filtered: 0,
    sampledOut: 0,
  };
  /** Whether the client takes no more events. */
  closed = false;
  declare readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  /**
   * @param what One sentence; what is wrong is added to it.
   * @throws OFF_CATALOG, CLOSED or INVALID_EVENT when the client is strict.
   */
  tell(code: Problem["code"], what: string, { about, problems, cause }: Finding): void {
    const { strict, onProblem } = this.options;
    const message = problems ? `${what}: ${describeProblems(problems)}` : what;
    const found = problems && { problems };
    if (!strict) {
      const label = about && { eventType: about.type, eventName: about.name };
      return onProblem?.({ code, message, ...label, ...found, cause });
    }
    throw new ActivityError(
      code === "off_catalog" ? "OFF_CATALOG" : this.closed && !problems ? "CLOSED" : "INVALID_EVENT",
      message,
      { ...found, cause },
    );
  }

  /** Tells by the marks of an event, or of a client's own attributes, which were lost; `…` for those that were too many. */
  tellAltered(members: string, about?: EventLabel): void {
    const {
      encoding_problems = [],
      truncated_attributes = [],
      attributes_omitted,
    } = parseMembers(members) as Marks; // Set by our own hand.
    const names = encoding_problems.concat(truncated_attributes, attributes_omitted ? "…" : []);
    const problems = names.map((name) => ({ code: "bad_type", pointer: "", detail: name }) as const);
    this.tell("altered", "attributes were cut or left out", { about, problems });
  }

  /** Counts an event that is not recorded, and tells why. */
  refuse(finding: Finding): void {
    this.counts.refused++;
    const { problems, cause } = finding;
    const why = problems
      ? ""
      : this.closed && !cause
        ? ": the client is closed"
        : `: ${describeCause(cause)}`;
    this.tell("refused", `an event was not recorded${why}`, finding);
  }
}

interface Marks {
  readonly encoding_problems?: readonly string[];
  readonly truncated_attributes?: readonly string[];
  readonly attributes_omitted?: number;
}

function describeCause(cause: unknown): string {
  try {
    return String(cause).slice(0, 256);
  } catch {
    return "an error that cannot be read was thrown";
  }
}
