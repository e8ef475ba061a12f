/** Attributes of event number `n`: eight, as an application's events have them. */
export interface SampleAttributes extends Record<string, unknown> {
  readonly n: number;
}

export function sampleAttributes(n: number): SampleAttributes {
  return {
    n,
    organization_id: `org_${(n * 2_654_435_761) % 4_294_967_296}`,
    project_id: `prj_${n % 977}`,
    method: n % 3 === 0 ? "github" : "google",
    screen_name: "settings/members",
    page_url: `https://console.example.com/${n % 89}/usage/${n % 9_973}`,
    duration: (n % 10_000) / 8,
    returning: n % 2 === 0,
  };
}
