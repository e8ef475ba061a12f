import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { eventText } from "../test/proxy-server.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("has a README whose sample takes an event", () => {
  const [, sample = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${folder}README.md`, "utf8")) ?? [];
  const program = `${sample.replace("8080", '0, "127.0.0.1"')}
    server.once("listening", async () => {
      const url = "http://127.0.0.1:" + server.address().port + "/v1/events";
      const response = await fetch(url, { method: "POST", body: ${JSON.stringify(eventText(1))} });
      console.log(response.status, sink.events.length);
      server.close();
      server.closeAllConnections();
    });`;
  const args = ["--conditions=@activity/source", "--input-type=module-typescript", "-e", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 15_000,
  });
  expect({ stdout, stderr }).toEqual({ stdout: "202 1\n", stderr: "" });
});
