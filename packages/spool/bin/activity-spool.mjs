#!/usr/bin/env node
import { runCommand } from "@activity/spool";

process.exitCode = await runCommand(process.argv.slice(2));
