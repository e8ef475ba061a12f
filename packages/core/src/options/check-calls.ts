import type { AnyCatalog } from "../catalog/catalog-types.ts";
import type { Client, ClientOptions } from "../client/client.ts";
import { ActivityError } from "../errors/activity-error.ts";
import type { Problem, ProblemHandler } from "../errors/problem.ts";
import { guardHandler } from "../errors/warn-once.ts";

/**
 * The same client, which tells of a metric whose value is no finite number and of a user who is no text. The event is
 * recorded all the same, with what the value is encoded as.
 *
 * @param onProblem The client's own, so that a default one warns once for both.
 */
export function checkCalls<C extends AnyCatalog>(
  client: Client<C>,
  { strict, onProblem }: Pick<ClientOptions, "strict"> & { readonly onProblem: ProblemHandler },
): Client<C> {
  const tell = (what: string, about: Pick<Problem, "eventType" | "eventName"> = {}): void => {
    const [name = ""] = what.split(" ");
    const problems = [{ code: "bad_type", pointer: `/${name}`, detail: what }] as const;
    if (strict) throw new ActivityError("INVALID_EVENT", what, { problems });
    guardHandler(onProblem)({ code: "altered", message: what, ...about, problems });
  };
  const check = (inner: Client<C>): Client<C> => ({
    ...inner,
    recordMetric: (name, value, ...attributes) => {
      if (!Number.isFinite(value))
        tell("value must be a finite number", { eventType: "metric", eventName: String(name) });
      inner.recordMetric(name, value, ...attributes);
    },
    with: (attributes) => check(inner.with(attributes)),
    withUser: (userId) => {
      if (typeof userId !== "string" || userId === "") tell("user_id must be a text that is not empty");
      return check(inner.withUser(userId));
    },
  });
  return check(client);
}
