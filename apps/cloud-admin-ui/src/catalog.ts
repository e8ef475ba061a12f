/**
 * Everything that this page may record. Only its type is used: names and attributes are checked when the page is
 * compiled, and no byte of it is loaded.
 */
import { defineCatalog } from "@activity/core/catalog";
import * as v from "valibot";

/** What a person used, and where on which screen. */
const gesture = {
  medium: v.picklist(["button", "form", "tab", "menu"]),
  screen_name: v.string(),
};

export const catalog = defineCatalog(
  {
    behavioral: {
      login_start: v.object({ method: v.literal("password") }),
      login_success: v.object({ method: v.literal("password"), duration: v.number() }),
      logout: v.object(gesture),
      navigate: v.object({ ...gesture, source_screen: v.string() }),
      deploy_intent: v.object({ ...gesture, project_id: v.string() }),
      deploy_success: v.object({ ...gesture, project_id: v.string(), duration: v.number() }),
      ghconnected_start: v.object({ ...gesture, project_id: v.string() }),
      user_invite: v.object({ ...gesture, role: v.picklist(["viewer", "admin"]), count: v.number() }),
    },
    metric: { screen_ready_ms: v.object({ screen_name: v.string() }) },
    log: { session_restored: v.object({ level: v.literal("info") }) },
    error: {
      connector_error: v.object({
        api: v.string(),
        status: v.number(),
        message: v.string(),
        screen_name: v.string(),
        project_id: v.string(),
      }),
    },
  },
  { open: [] },
);
