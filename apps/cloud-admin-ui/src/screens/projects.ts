import { element } from "page-kit/element";
import type { Screen } from "../screen.ts";

export const projectIds = ["sales-report", "web-traffic"] as const;

/** The list of projects. Its links are followed by the router, which records `navigate`. */
export const projectsScreen: Screen = {
  name: "projects",
  title: "Projects",
  render: () => [
    element(
      "ul",
      {},
      ...projectIds.map((id) => element("li", {}, element("a", { href: `/projects/${id}` }, id))),
    ),
  ],
};
