import { countUpTo, walkStructure } from "./walk-structure.ts";

/**
 * Whether brackets in a text of JSON, those in its strings aside, nest deeper than some bound. Looks no further than to
 * the first that is too deep; what is no JSON gets some answer.
 */
export function nestsDeeper(text: string, maxDepth: number): boolean {
  // Most events have few brackets, and counting those that open is many times faster than a walk.
  return (
    countUpTo(maxDepth, text, "{") + countUpTo(maxDepth, text, "[") > maxDepth &&
    walkStructure(text, (_, depth) => depth > maxDepth)
  );
}
