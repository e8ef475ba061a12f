#!/usr/bin/env node
/** Path 4: local CLI → intake API. */
import { parseArgs } from "node:util";
import { deploy } from "./commands/deploy.ts";
import { login } from "./commands/login.ts";
import { start } from "./commands/start.ts";
import { telemetry } from "./commands/telemetry.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    user: { type: "string", default: "ada" },
    port: { type: "string", default: "9010" },
    slowly: { type: "boolean", default: false },
  },
});

const [command, action] = positionals;
switch (command) {
  case "login":
    await login(values.user);
    break;
  case "deploy":
    await deploy(values.slowly);
    break;
  case "start":
    await start(Number(values.port));
    break;
  case "telemetry":
    await telemetry(action);
    break;
  default:
    console.error(
      `${JSON.stringify(command)} is no command; these are: login, deploy, start, telemetry status|flush`,
    );
    process.exitCode = 2;
}
process.disconnect?.();
