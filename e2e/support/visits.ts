/** What a person does on the two pages, for the demo and for tests. */
import type { Page } from "./chromium.ts";

/** On the cloud admin page: signs in, deploys, fails to connect GitHub, invites somebody. */
export async function visitAdminPage(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("ann");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Projects" }).click();
  await page.getByRole("link", { name: "sales-report" }).click();
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByText("sales-report is deployed.").waitFor();
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByText("GitHub could not be connected.").waitFor();
  await page.getByRole("link", { name: "People" }).click();
  await page.getByLabel("E-mail addresses").fill("bob@example.org");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByText("The invitation is on its way.").waitFor();
  await untilShown(page);
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out ann" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

/** What a page records of a screen it records with the next frame. */
async function untilShown(page: Page): Promise<void> {
  await page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
  );
}

/** On the local page: switches to Edit, fails to add a source, makes a model. */
export async function visitLocalPage(page: Page): Promise<void> {
  const edit = page.getByRole("button", { name: "Edit" });
  if ((await edit.getAttribute("aria-pressed")) !== "true") await edit.click();
  await page.getByRole("link", { name: "Sources" }).click();
  await page.getByRole("button", { name: "Add source" }).click();
  await page.getByLabel("Name").fill("orders");
  await page.getByLabel("Connector").selectOption("postgres");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("The source could not be connected").waitFor();
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("button", { name: "New model" }).click();
  await untilShown(page);
}
