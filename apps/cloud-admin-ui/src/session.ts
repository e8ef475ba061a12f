/** Who is signed in, as the server says; `undefined` when nobody is. */
export async function whoIsSignedIn(): Promise<string | undefined> {
  const response = await fetch("/api/me");
  if (!response.ok) return undefined;
  const me = (await response.json()) as { readonly user?: string }; // Our own server's answer.
  return me.user;
}

/** Signs in; the server answers with a session cookie. Returns whether it did. */
export async function signIn(user: string): Promise<boolean> {
  const response = await fetch("/api/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user }),
  });
  return response.ok;
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await fetch("/api/logout", { method: "POST" });
}
