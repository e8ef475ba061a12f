import type { Environment } from "@activity/spool";
import { saysYes } from "./says-yes.ts";

/** Variables that build services set, and the name of each service. One text, since a command has to load each. */
const vendors = `
GITHUB_ACTIONS github-actions
GITLAB_CI gitlab
CIRCLECI circleci
TF_BUILD azure-pipelines
BITBUCKET_BUILD_NUMBER bitbucket
BUILDKITE buildkite
CODEBUILD_BUILD_ID aws-codebuild
TEAMCITY_VERSION teamcity
JENKINS_URL jenkins
TRAVIS travis
APPVEYOR appveyor
DRONE drone
SEMAPHORE semaphore
CIRRUS_CI cirrus
WOODPECKER woodpecker
VERCEL vercel
NETLIFY netlify
CF_PAGES cloudflare-pages
RENDER render
CI other
`;

/** The build service in which a program runs; `undefined` on somebody's machine. */
export function ciVendor(env: Environment): string | undefined {
  return pairs().find(([variable = ""]) => saysYes(env[variable]))?.[1];
}

/** Variables that tell a build service from somebody's machine. */
export function ciVariables(): readonly string[] {
  return pairs().map(([variable = ""]) => variable);
}

function pairs(): readonly (readonly string[])[] {
  const lines = vendors.trim().split("\n");
  return lines.map((line) => line.split(" "));
}
