/** Whether a text has no half of a surrogate pair standing alone, and so can be written as UTF-8. */
export function isWellFormed(text: string): boolean {
  // Engines that have the question built in answer it many times faster.
  return (text as { isWellFormed?(): boolean }).isWellFormed?.() ?? !/\p{Surrogate}/u.test(text); // ES2024.
}
