export type { BotCheck, BotCheckOptions, ConsentCheck, WithoutBotsOptions } from "./without-bots.ts";
export { createBotCheck, withoutBots } from "./without-bots.ts";
