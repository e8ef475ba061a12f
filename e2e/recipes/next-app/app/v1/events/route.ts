import { proxy } from "../../../activity.ts";

const handle = (request: Request): Promise<Response> => proxy.fetch(request);

// OPTIONS too: Next answers preflights by itself otherwise, and pages of another origin may not send.
export { handle as OPTIONS, handle as POST };
