/** What a service puts on every event: seven attributes. */
export const service = { name: "admin-server", version: "1.4.0", commit: "0f3c2a9d1b7e4c56" };
export const installId = "V1StGXR8_Z5jdHi6B-myT";
export const common = { environment: "production", region: "europe-west1" };

/** The same seven as they stand on the wire. */
export const commonOnWire = {
  service_name: service.name,
  service_version: service.version,
  service_commit: service.commit,
  is_dev: false,
  install_id: installId,
  ...common,
};

export interface SampleCall {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const names = [
  "login_start",
  "login_success",
  "deploy_start",
  "page_view",
  "source_add",
  "navigate",
  "user_invite",
  "source_success",
];
const screens = ["home", "settings/members", "projects/list", "explore", "metrics/edit"];

/** Calls with eight flat attributes each, all different, some with letters beyond ASCII: events of about 500 bytes. */
export function sampleCalls(count: number, seed: number): readonly SampleCall[] {
  return Array.from({ length: count }, (_, index) => {
    const n = (index + 1) * 7_919 + seed * 104_729;
    return {
      name: names[n % names.length] ?? "login_start",
      attributes: {
        organization_id: `org_${(n * 2_654_435_761) % 4_294_967_296}`,
        project_id: `prj_${n % 977}`,
        method: n % 3 === 0 ? "github" : "google",
        screen_name: screens[n % screens.length] ?? "home",
        page_url: `https://console.example.com/${n % 89}/${n % 97 === 0 ? "größe" : "usage"}/${n % 9_973}`,
        count: n % 50,
        duration: (n % 10_000) / 8,
        returning: n % 2 === 0,
      },
    };
  });
}
