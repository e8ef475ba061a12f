/** Kafka's own jars through Maven, for the tests that talk to a real broker: fetched once into `.cache/kafka`. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MissingPrerequisite, repositoryRoot, run, say, showProgress } from "./run.mjs";

const version = "4.3.1";

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>activity</groupId>
  <artifactId>kafka-jars</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Returns the folder with the jars, for `java -cp 'FOLDER/*' kafka.Kafka …`. Needs Java and, the first time, Maven. */
export async function fetchKafkaJars() {
  const [, java = 0] =
    /version "(\d+)/.exec((await run("java", ["-version"], { output: "keep" })).output) ?? [];
  if (Number(java) < 17) {
    throw new MissingPrerequisite(
      "Kafka needs Java 17 or newer: install it (Debian: apt-get install default-jre-headless maven).",
    );
  }
  const home = join(repositoryRoot, ".cache", "kafka", version);
  const libraries = join(home, "libs");
  if (existsSync(libraries)) return libraries;
  if (!(await answers("mvn", ["-version"]))) {
    throw new MissingPrerequisite(
      "Kafka's jars come through Maven: install it (Debian: apt-get install maven).",
    );
  }
  say(`Fetching Kafka ${version} through Maven into .cache/kafka (45 jars, about 44 MB, once) ...`);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "pom.xml"), project);
  const partial = join(home, `libs-${process.pid}`);
  const copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${partial}`];
  const { code, output } = await showProgress(() =>
    run("mvn", ["-B", "-q", ...copy], { cwd: home, output: "keep" }),
  );
  if (code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new MissingPrerequisite(`Maven could not fetch Kafka: ${output.trim().split("\n")[0]}`);
  }
  if (!existsSync(libraries)) renameSync(partial, libraries);
  else rmSync(partial, { recursive: true, force: true });
  return libraries;
}

async function answers(command, args) {
  return (await run(command, args, { output: "keep" })).code === 0;
}
