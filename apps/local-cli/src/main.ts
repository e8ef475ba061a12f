#!/usr/bin/env node
/** Path 4: local CLI → intake API. */
import { Command, InvalidArgumentError } from "commander";
import { deploy } from "./commands/deploy.ts";
import { login } from "./commands/login.ts";
import { start } from "./commands/start.ts";
import { telemetry } from "./commands/telemetry.ts";
import { version } from "./open-activity.ts";
import { readPort } from "./port-file.ts";

const program = new Command("acme").description("Work with projects of Acme.").version(version);

program
  .command("login")
  .description("sign in")
  .option("--user <name>", "who you are", "ada")
  .action(({ user }: { user: string }) => login(user));

program
  .command("deploy")
  .description("deploy the project in this folder")
  .option("--slowly", "take your time", false)
  .action(({ slowly }: { slowly: boolean }) => deploy(slowly));

program
  .command("start")
  .description("open the project in a browser")
  .option("--port <number>", "where to listen, 0 for any free port; by default what is configured", parsePort)
  .action(({ port = readPort() }: { port?: number }) => start(port));

program
  .command("telemetry [action...]")
  .description("status, enable, disable, show, flush or clear what is recorded of how acme is used")
  .action((argv: readonly string[]) => telemetry(argv));

await program.parseAsync();
process.disconnect?.();

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a number from 0 to 65535.");
}
