/**
 * Everything that this page may record. Only its type is used: names and attributes are checked when the page is
 * compiled, and no byte of it is loaded.
 */
import { defineCatalog } from "@activity/core/catalog";
import * as v from "valibot";

const mode = v.picklist(["read-only", "edit"]);
/** What a person used, where, and whether the project could be changed. */
const gesture = {
  medium: v.picklist(["button", "card", "form", "tab"]),
  space: v.picklist(["workspace", "modal"]),
  screen_name: v.string(),
  mode,
};
const connection_type = v.string();

export const catalog = defineCatalog(
  {
    behavioral: {
      navigate: v.object({ ...gesture, source_screen: v.string() }),
      mode_edit: v.object(gesture),
      example_add: v.object({ ...gesture, entity_id: v.string() }),
      source_modal: v.object({ ...gesture, connection_type }),
      source_add: v.object({ ...gesture, connection_type }),
      source_success: v.object({ ...gesture, connection_type, duration: v.number() }),
      source_cancel: v.object({ ...gesture, connection_type }),
      model_create: v.object({ ...gesture, count: v.number() }),
    },
    metric: { screen_ready_ms: v.object({ screen_name: v.string() }) },
    log: { source_log: v.object({ level: v.picklist(["info", "warn"]), connection_type }) },
    error: {
      connector_error: v.object({
        connection_type,
        message: v.string(),
        screen_name: v.string(),
        mode,
      }),
    },
  },
  { open: [] },
);
