#!/usr/bin/env node
/** Path 4: local CLI → intake API. */
import { Command, InvalidArgumentError } from "commander";
import { version } from "./open-activity.ts";
import { readPort } from "./port-file.ts";

// Each command loads its own: `acme login` has no time for the local server.
const program = new Command("acme").description("Work with projects of Acme.").version(version);

program
  .command("login")
  .description("sign in")
  .option("--user <name>", "who you are", "ada")
  .action(async ({ user }: { user: string }) => (await import("./commands/login.ts")).login(user));

program
  .command("deploy")
  .description("deploy the project in this folder")
  .option("--slowly", "take your time", false)
  .action(async ({ slowly }: { slowly: boolean }) => (await import("./commands/deploy.ts")).deploy(slowly));

program
  .command("start")
  .description("open the project in a browser")
  .option("--port <number>", "where to listen, 0 for any free port; by default what is configured", parsePort)
  .action(async ({ port = readPort() }: { port?: number }) =>
    (await import("./commands/start.ts")).start(port),
  );

program
  .command("telemetry [action...]")
  .description("status, enable, disable, show, flush or clear what is recorded of how acme is used")
  .action(async (argv: readonly string[]) => (await import("./commands/telemetry.ts")).telemetry(argv));

await program.parseAsync();
process.disconnect?.();

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a number from 0 to 65535.");
}
