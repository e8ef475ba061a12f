import { lineOutput } from "./line-output.ts";

/** What a command prints, and where. */
export interface CommandOutput {
  print(line: string): void;
  printError(line: string): void;
  /** Resolves when whoever reads has them. Rejects when nobody does. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Standard output and standard error. */
export const terminal: CommandOutput = {
  print: (line) => lineOutput(process.stdout).print(line),
  printError: (line) => lineOutput(process.stderr).print(line),
  write: (bytes) =>
    new Promise((resolve, reject) => {
      // A pipe that nobody reads speaks up here too.
      process.stdout.once("error", reject);
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    }),
};
