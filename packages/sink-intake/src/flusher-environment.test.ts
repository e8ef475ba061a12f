import { expect, it } from "@jest/globals";
import { flusherEnvironment, flusherFlags } from "./flusher-environment.ts";

it("passes on where homes are, how the network is reached and what was decided, and nothing else", () => {
  const kept = {
    HOME: "/u/ada",
    https_proxy: "http://proxy:3128",
    NO_PROXY: "localhost",
    NODE_EXTRA_CA_CERTS: "/ca.pem",
    SSL_CERT_FILE: "/certs.pem",
    DO_NOT_TRACK: "0",
    ACTIVITY_TELEMETRY: "on",
    SHOP_TELEMETRY: "on",
  };
  const left = {
    AWS_SECRET_ACCESS_KEY: "s",
    NODE_OPTIONS: "--require ./hook.js",
    NODE_PATH: "/lib",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    ACTIVITY_FLUSH: "wait",
    HOMEBREW_PREFIX: "/opt",
    UNSET: undefined,
  };
  expect(flusherEnvironment({ ...kept, ...left }, "SHOP_TELEMETRY")).toEqual({
    ...kept,
    NODE_USE_ENV_PROXY: "1",
  });
  expect(flusherEnvironment({ HOME: "/u/ada" })).toEqual({ HOME: "/u/ada" });
  expect(flusherEnvironment({ HTTP_PROXY: "http://p", NODE_USE_ENV_PROXY: "0" })["NODE_USE_ENV_PROXY"]).toBe(
    "0",
  );
});

it("passes on no proxy over which Node would not start", () => {
  const proxies = {
    HTTP_PROXY: "proxy.example:3128",
    https_proxy: "ftp://proxy",
    http_proxy: "::",
    HTTPS_PROXY: "",
  };
  expect(flusherEnvironment(proxies)).toEqual({
    HTTP_PROXY: "http://proxy.example:3128",
    NODE_USE_ENV_PROXY: "1",
  });
  expect(flusherEnvironment({ HTTP_PROXY: "not a proxy" })).toEqual({});
});

it("keeps the flags that say whom to trust, and none that loads code", () => {
  const env = { NODE_OPTIONS: "--use-system-ca --import ./hook.mjs --inspect" };
  const argv = ["--use-system-ca", "--use-env-proxy", "--require", "./x.js", "--conditions=dev"];
  expect(flusherFlags(env, argv)).toEqual(["--use-system-ca", "--use-env-proxy"]);
  expect(flusherFlags({}, [])).toEqual([]);
});
