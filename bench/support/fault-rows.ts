import { intakeFaults } from "../../e2e/failures/support/intake-faults.ts";
import type { IntakeTrialOptions } from "../../e2e/failures/support/intake-trial.ts";
import type { PeerProgramSettings } from "./peer-program.ts";

/** A row of the table: what is wrong, and how the first process ends. */
export interface FaultRow extends Pick<IntakeTrialOptions, "fault"> {
  readonly name: string;
  readonly end: PeerProgramSettings["end"];
}

/** Every row that is about the delivery of some events. */
export const faultRows: readonly FaultRow[] = [
  { name: "healthy", fault: intakeFaults.healthy, end: "close" },
  { name: "down", fault: intakeFaults.down, end: "close" },
  { name: "down 3 s, then up", fault: intakeFaults.downThenUp, end: "close" },
  { name: "slow 2 s", fault: intakeFaults.slow, end: "close" },
  { name: "500 three times", fault: intakeFaults.failsThreeTimes, end: "close" },
  { name: "429, Retry-After 2", fault: intakeFaults.asksToWait, end: "close" },
  { name: "413 above 5 events", fault: intakeFaults.takesFiveEvents, end: "close" },
  { name: "never answers", fault: intakeFaults.neverAnswers, end: "close" },
  { name: "connection reset", fault: intakeFaults.resets, end: "close" },
  { name: "answer lost 3 times", fault: intakeFaults.losesAnswers, end: "close" },
  { name: "SIGKILL, all waiting", fault: intakeFaults.healthy, end: "kill" },
  { name: "process.exit(0)", fault: intakeFaults.healthy, end: "exit" },
  { name: "natural end", fault: intakeFaults.healthy, end: "none" },
];
