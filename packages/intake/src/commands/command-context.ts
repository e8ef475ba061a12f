import type { IntakeEnvironment } from "../settings/read-value.ts";

/** What a command has to do with. */
export interface CommandContext {
  readonly environment: IntakeEnvironment;
  /** Where this package stands. */
  readonly packageFolder: URL;
  /** Results. */
  readonly print: (line: string) => void;
  /** What is said beside the results. */
  readonly printError: (line: string) => void;
  /** Resolves when the command is to stop. */
  readonly stopped: Promise<unknown>;
}
