/** Why a query has no result. */
export class QueryRefused extends Error {
  override readonly name: string = "QueryRefused";
}
