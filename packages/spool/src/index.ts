export type { FileSinkOptions } from "./file-sink.ts";
export { fileSink } from "./file-sink.ts";
export type { ReadSegmentsOptions } from "./read-segments.ts";
export { listSegments, readSegments } from "./read-segments.ts";
export type { SpoolFolderOptions } from "./spool-folder.ts";
export { spoolFolder } from "./spool-folder.ts";
export type { SpoolStoreOptions } from "./spool-store.ts";
export { createSpoolStore } from "./spool-store.ts";
