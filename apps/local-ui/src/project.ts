/** A source of data, as far as this page knows it. */
export interface Source {
  readonly name: string;
  readonly connectionType: string;
}

/** What the project holds. It lives as long as the page: nothing of this demo is saved. */
export const project: { readonly sources: Source[]; readonly models: string[] } = { sources: [], models: [] };

/** The kinds of sources that can be added. */
export const connectionTypes = ["duckdb", "s3", "postgres"] as const;

/**
 * Connects a source.
 *
 * @throws Error when there is no connector that could reach it: here, for `postgres`.
 */
export async function connect({ name, connectionType }: Source): Promise<void> {
  await new Promise(requestAnimationFrame);
  if (connectionType === "postgres") throw new Error("no server answers at the address of this source");
  project.sources.push({ name, connectionType });
}
