#!/usr/bin/env node
import { runCommand } from "@activity/intake";

process.exitCode = await runCommand(process.argv.slice(2), new URL("../", import.meta.url));
