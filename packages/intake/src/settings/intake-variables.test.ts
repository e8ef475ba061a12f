import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { intakeVariables, mistypedVariables } from "./intake-variables.ts";

describe("the variables of the intake", () => {
  it("are those that are read, and those that the README lists", () => {
    const names = (text: string, pattern: RegExp): string[] => [...new Set(text.match(pattern))].toSorted();
    const sources = readdirSync(new URL(".", import.meta.url))
      .filter((file) => /-settings\.ts$/.test(file))
      .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"));
    const all = [...intakeVariables].toSorted();
    expect(names(sources.join(""), /(?<=")(?:ACTIVITY|KAFKA)_[A-Z_]+(?=")/g)).toEqual(all);
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, table = ""] = readme.split("## Settings");
    expect(names(table, /(?<=`)(?:ACTIVITY|KAFKA)_[A-Z_]+(?=`)/g)).toEqual(all);
  });

  it.each([
    ["ACTIVITY_RETENTON_DAYS", "ACTIVITY_RETENTION_DAYS"],
    ["ACTIVITY_WRITE_KEY", "ACTIVITY_WRITE_KEYS"],
    ["activity_data_dir", "ACTIVITY_DATA_DIR"],
    ["KAFKA_BROKER", "KAFKA_BROKERS"],
  ])("are told from %s, which was probably meant to be %s", (given, meant) => {
    expect(mistypedVariables({ [given]: "s3cret" })).toEqual([
      `${given} is no setting and changes nothing; did you mean ${meant}?`,
    ]);
  });

  it("leave alone what is set and what others set", () => {
    const environment = Object.fromEntries(intakeVariables.map((name) => [name, "x"]));
    const others = {
      ACTIVITY_TELEMETRY: "off",
      ACTIVITY_DEBUG: "1",
      ACTIVITY_INTAKE_PORT: "tcp",
      KAFKA_HEAP_OPTS: "",
    };
    expect(mistypedVariables({ ...environment, ...others, PATH: "/", HOST: "::1" })).toEqual([]);
  });
});
