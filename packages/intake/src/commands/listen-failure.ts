/** Where a listener was to be, and the variables that say so. */
export interface ListenPlace {
  readonly host: string;
  readonly port: number | undefined;
  readonly hostVariable: string;
  readonly portVariable: string;
}

/** What went wrong with listening, with what to do about it. */
export function listenFailure(cause: unknown, place: ListenPlace): unknown {
  const { host, port, hostVariable, portVariable } = place;
  const { code } = cause as Partial<NodeJS.ErrnoException>; // What listening throws has a code.
  switch (code) {
    case "EADDRINUSE":
      return new Error(
        `port ${port} on ${host} is taken (${code}); set ${portVariable} to another one, or to 0 for any that is free`,
        { cause },
      );
    case "EACCES":
      return new Error(
        `port ${port} is not for this user (${code}); set ${portVariable} to 1024 or more, or to 0 for any that is free`,
        { cause },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new Error(
        `${hostVariable} is ${host}, which is no address of this machine (${code}); 0.0.0.0 stands for all of them`,
        { cause },
      );
    default:
      return cause;
  }
}
