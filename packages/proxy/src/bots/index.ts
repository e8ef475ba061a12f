export type { BotCheck, ConsentCheck } from "./without-bots.ts";
export { createBotCheck, withoutBots } from "./without-bots.ts";
