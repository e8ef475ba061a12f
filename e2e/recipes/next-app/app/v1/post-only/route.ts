import { proxy } from "../../../activity.ts";

export const POST = (request: Request): Promise<Response> => proxy.fetch(request);
