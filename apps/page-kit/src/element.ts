/** Attributes and listeners of an element: `{ class: "primary", onclick: save }`. */
export type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** Makes an element. Functions become listeners, `true` an attribute without a value, `false` none. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** The element of the page's own markup with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}`);
  return found;
}

/** Says something to the person, also to those who listen to the page. */
export function say(message: string): void {
  byId("message").textContent = message;
}
