import { nodeHandler } from "@activity/proxy/node";
import { proxy } from "../../activity.ts";

// Unread, and answered after the function has returned.
export const config = { api: { bodyParser: false, externalResolver: true } };

export default nodeHandler(proxy);
