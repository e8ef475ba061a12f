/** An answer's body is read up to here; a server that says more than this says nothing that we need. */
const maxAnswerBytes = 262_144;

/**
 * The body of an answer, parsed where it is JSON. Reads it to its end, so that the connection can be used
 * again, but not beyond 256 KiB.
 *
 * @throws when the connection breaks before the end.
 */
export async function readAnswer(response: Response): Promise<unknown> {
  const text = await readText(response);
  if (text === undefined || !/\bjson\b/i.test(response.headers.get("content-type") ?? "")) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The status says enough.
  }
}

async function readText({ body }: Response): Promise<string | undefined> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest.
    if (bytes > maxAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
