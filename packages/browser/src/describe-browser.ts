/** What every event of a page says about the browser. */
export interface BrowserAttributes {
  readonly locale: string;
  /** Name and major version, such as `Firefox 141`. */
  readonly browser: string;
  readonly os: string;
  /** As far as the browser tells: `Pixel 7`, `iPhone`, `Macintosh`. */
  readonly device_model: string;
}

/** What to look for, and after a colon what it is called. More special names first: nearly every browser also says that it is Chrome or Safari. */
const browsers =
  "Edg:Edge,OPR:Opera,OPT:Opera,SamsungBrowser:Samsung Internet,Firefox,FxiOS:Firefox,CriOS:Chrome,Chrome,Version:Safari";
const systems = "iP:iOS,Android,Windows,CrOS:ChromeOS,Mac:macOS,Linux";
const other = "other";

/** Reads locale, browser, system and device off a navigator. What it does not know is `"other"`. */
export function describeBrowser({
  userAgent,
  language,
}: Pick<Navigator, "userAgent" | "language">): BrowserAttributes {
  const find = (list: string, end: string): string | undefined => {
    for (const entry of list.split(",")) {
      const [token, name = token] = entry.split(":");
      const found = new RegExp(token + end).exec(userAgent);
      if (found) return [name, ...found.slice(1)].join(" ");
    }
    return undefined;
  };
  return {
    locale: language,
    browser: find(browsers, "\\w*/(\\d+)") ?? other,
    os: find(systems, "") ?? other,
    device_model: /\((?:Linux; Android [\d.]+; )?([^;)]+)/.exec(userAgent)?.[1] ?? other,
  };
}
