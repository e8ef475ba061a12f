/** What every event of a page says about the browser. */
export interface BrowserAttributes {
  readonly locale: string;
  /** Name and major version, such as `Firefox 141`. */
  readonly browser: string;
  readonly os: string;
}

/** More special names first: nearly every browser also says that it is Chrome or Safari. */
const browsers: readonly (readonly [name: string, version: RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\b(?:OPR|OPT)\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]* .*Safari\//],
];

const systems: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["iOS", /\b(?:iPhone|iPad|iPod)\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\bMac OS X\b|\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
];

/** Reads locale, browser and system off a navigator. What it does not know is `"other"`. */
export function describeBrowser({
  userAgent,
  language,
}: Pick<Navigator, "userAgent" | "language">): BrowserAttributes {
  return { locale: language, browser: browserOf(userAgent), os: systemOf(userAgent) };
}

function browserOf(userAgent: string): string {
  for (const [name, version] of browsers) {
    const major = version.exec(userAgent)?.[1];
    if (major !== undefined) return `${name} ${major}`;
  }
  return "other";
}

function systemOf(userAgent: string): string {
  return systems.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? "other";
}
