import { element, say } from "page-kit/element";
import { activity } from "../activity.ts";
import type { Screen } from "../screen.ts";

/** Invites people. Who was invited is nobody's business but the server's: the event says how many, and as what. */
export const peopleScreen: Screen = {
  name: "people",
  title: "People",
  render: () => {
    const email = element("input", { name: "email", type: "email", multiple: true, required: true });
    const admin = element("input", { name: "admin", type: "checkbox" });
    const invite = (event: Event): void => {
      event.preventDefault();
      activity.track("user_invite", {
        medium: "form",
        screen_name: "people",
        role: admin.checked ? "admin" : "viewer",
        count: email.value.split(",").length,
      });
      say("The invitation is on its way.");
      email.value = "";
    };
    return [
      element(
        "form",
        { onsubmit: invite },
        element("label", {}, "E-mail addresses, with commas between them", email),
        element("label", {}, element("span", {}, admin, " As administrator")),
        element("button", { class: "primary" }, "Invite"),
      ),
    ];
  },
};
