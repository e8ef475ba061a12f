import type { ReactNode } from "react";
import { useState } from "react";
import { activity } from "./activity.ts";

export function App(): ReactNode {
  const [broken, setBroken] = useState(false);
  if (broken) throw new Error("the list of orders is no list");
  return (
    <main>
      <h1>Orders</h1>
      <button type="button" onClick={() => activity.track("order_create", { medium: "button" })}>
        New order
      </button>
      <button type="button" onClick={() => setBroken(true)}>
        Show all
      </button>
    </main>
  );
}
