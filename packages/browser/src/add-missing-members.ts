/**
 * Adds members to the text of an event where it does not have them; what it has stays byte for byte.
 *
 * @param text a JSON object with at least one member
 */
export function addMissingMembers(text: string, members: Readonly<Record<string, string>>): string {
  const present: unknown = JSON.parse(text);
  const missing = Object.entries(members).filter(([key]) => !Object.hasOwn(Object(present), key));
  const added = missing.map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`).join("");
  return `${text.slice(0, text.lastIndexOf("}"))}${added}}`;
}
