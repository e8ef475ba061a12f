import { element, say } from "page-kit/element";
import { activity } from "../activity.ts";
import type { Screen } from "../screen.ts";
import { signIn } from "../session.ts";

/** Asks who is there. `onSignedIn` is called with the name that the server accepted. */
export function signInScreen(onSignedIn: (user: string) => void): Screen {
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const user = input.value.trim();
    const startedMs = performance.now();
    activity.track("login_start", { method: "password" });
    if (!(await signIn(user))) return say("Nobody could be signed in by that name.");
    // The first event that the server puts a user on.
    activity.track("login_success", {
      method: "password",
      duration: Math.round(performance.now() - startedMs),
    });
    onSignedIn(user);
  }

  const input = element("input", { name: "user", autocomplete: "username", required: true });
  return {
    name: "sign-in",
    title: "Sign in",
    render: () => [
      element(
        "form",
        { onsubmit: (event) => void submit(event) },
        element("label", {}, "Name", input),
        element("button", { class: "primary" }, "Sign in"),
      ),
    ],
  };
}
