import type { MetricType } from "web-vitals";
import { onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { BrowserPlugin } from "../plugin.ts";

/**
 * Records the web vitals of a visit as metrics, each once: `web_vital_lcp_ms`, `web_vital_inp_ms`, `web_vital_fcp_ms`,
 * `web_vital_ttfb_ms` and `web_vital_cls` (no unit), with `rating` and `navigation_type` as the library web-vitals says
 * them. Those that change until the end of a visit are recorded when the page is hidden.
 */
export function vitals(): BrowserPlugin {
  return {
    name: "vitals",
    start: ({ record }) => {
      let isOn = true;
      // What began to observe cannot be ended; it is passed over.
      const take = ({ name, value, rating, navigationType }: MetricType): void => {
        const metric = `web_vital_${name.toLowerCase()}${name === "CLS" ? "" : "_ms"}`;
        if (isOn) record("metric", metric, { value, rating, navigation_type: navigationType });
      };
      for (const observe of [onLCP, onINP, onCLS, onFCP, onTTFB]) observe(take);
      return () => {
        isOn = false;
      };
    },
  };
}
