/** Where lines are printed, as long as somebody reads them. */
export interface LineOutput {
  print(line: string): void;
  /** Nobody reads any more: `head` has seen enough. */
  readonly closed: boolean;
}

let output: LineOutput | undefined;

/** Standard output, where a pipe whose reader has gone is no error. */
export function standardOutput(): LineOutput {
  output ??= openOutput(process.stdout);
  return output;
}

/** The same for any stream. */
export function openOutput(stream: NodeJS.WriteStream | NodeJS.WritableStream): LineOutput {
  let closed = false;
  stream.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EPIPE") throw cause;
    closed = true;
  });
  return {
    print: (line) => {
      if (!closed) stream.write(`${line}\n`);
    },
    get closed() {
      return closed;
    },
  };
}
