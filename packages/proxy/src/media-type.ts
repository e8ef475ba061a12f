import { httpContract } from "@activity/core";

/** How a body is to be read: `text` is JSON where it parses as one value, else NDJSON. */
export type BodyForm = "ndjson" | "json" | "text";

const forms: Readonly<Record<string, BodyForm>> = {
  [httpContract.contentTypes.ndjson]: "ndjson",
  [httpContract.contentTypes.json]: "json",
  [httpContract.contentTypes.text]: "text",
  "": "text", // A page that sends a Blob without a type sends no header.
};

/** Every media type of the contract, as `Accept-Post` lists them. */
export const acceptPost: string = Object.values(httpContract.contentTypes).join(", ");

/**
 * The form of a body by its `Content-Type`, or `undefined` for one that is not of the contract, or not in
 * UTF-8. Names of types and charsets know no case (RFC 9110 §8.3.1).
 */
export function readMediaType(header: string | undefined): BodyForm | undefined {
  // Most clients write it as it stands in the table.
  if (header !== undefined && Object.hasOwn(forms, header)) return forms[header];
  const [type = "", ...parameters] = (header ?? "").split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  const name = charset?.replaceAll('"', "");
  const readable = name === undefined || name === "utf-8" || name === "utf8" || name === "us-ascii";
  return readable && Object.hasOwn(forms, type) ? forms[type] : undefined;
}
