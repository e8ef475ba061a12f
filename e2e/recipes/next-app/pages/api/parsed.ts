import { nodeHandler } from "@activity/proxy/node";
import { proxy } from "../../activity.ts";

/** Behind Next's own parser. */
export const config = { api: { externalResolver: true } };

export default nodeHandler(proxy);
