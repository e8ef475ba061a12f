/** Where lines are printed, as long as somebody reads them. */
export interface LineOutput {
  print(line: string): void;
  /** Nobody reads any more: `head` has seen enough, or whoever kept the log has died. */
  readonly closed: boolean;
}

const outputs = new WeakMap<NodeJS.WritableStream, LineOutput>();

/** A stream such as standard output, where a pipe whose reader has gone is no error. */
export function lineOutput(stream: NodeJS.WritableStream): LineOutput {
  const output = outputs.get(stream) ?? openOutput(stream);
  outputs.set(stream, output);
  return output;
}

function openOutput(stream: NodeJS.WritableStream): LineOutput {
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
