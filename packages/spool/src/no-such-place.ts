/** What the system says of a path at which nothing is or can be: below a file, say, such as the home `/dev/null`. */
const codes: readonly unknown[] = ["ENOENT", "ENOTDIR", "ENAMETOOLONG"];

/** Whether a failure says that there is nothing at a path. */
export function isNoSuchPlace(cause: unknown): boolean {
  return codes.includes((cause as Partial<NodeJS.ErrnoException>).code); // What `fs` throws has a code.
}
