/** What samples of the documents may need of their reader: each names what it uses of these, and of `catalog`, in its first line. */
import type { KafkaSink } from "@activity/sink-kafka";

export { createClient } from "@activity/core";
export { createCliClient } from "@activity/sink-intake/cli";
export { toJsonSchema as convert } from "@valibot/to-json-schema";
export declare const sink: KafkaSink;
export declare const logger: { warn(details: object, message: string): void };
/** A line of a file or stream that holds an event. */
export declare const line: string;
export declare const fromOutside: { method: string };
/** Of a server of the reader's own. */
export declare const port: number;
/** Of the program at the top of docs/command-line.md. */
export declare const options: Parameters<typeof import("@activity/sink-intake/cli").createCliClient>[0];
/** Of a document that is generated from a catalog. */
export declare const file: string;
export { readFileSync, writeFileSync } from "node:fs";
export { checkMarkdown, toJsonSchema, toMarkdown } from "@activity/core/catalog";
export { expect } from "@jest/globals";
export declare const log: { warn(message: string): void };
export declare const title: string;
