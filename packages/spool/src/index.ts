export type { SpoolFolderOptions } from "./spool-folder.ts";
export { spoolFolder } from "./spool-folder.ts";
export type { SpoolStoreOptions } from "./spool-store.ts";
export { createSpoolStore } from "./spool-store.ts";
