/** A certificate for brokers on loopback, which is its own authority. Made by the JDK's keytool, which is where Java is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../tools/run.mjs";

export interface KafkaCertificate {
  /** What clients must trust, as PEM. */
  readonly authority: string;
  /** Settings of a broker that shows it. */
  readonly properties: Readonly<Record<string, string>>;
}

const password = "key-secret";

/** Makes one in a folder, for 127.0.0.1. */
export async function createKafkaCertificate(folder: string): Promise<KafkaCertificate> {
  const keystore = join(folder, "broker.p12");
  const authority = join(folder, "authority.pem");
  const store = ["-keystore", keystore, "-storetype", "PKCS12", "-storepass", password, "-alias", "broker"];
  await keytool("-genkeypair", [
    ...store,
    ...[
      "-keyalg",
      "EC",
      "-validity",
      "2",
      "-dname",
      "CN=broker",
      "-ext",
      "san=ip:127.0.0.1",
      "-ext",
      "bc=ca:true",
    ],
  ]);
  await keytool("-exportcert", [...store, "-rfc", "-file", authority]);
  return {
    authority: readFileSync(authority, "utf8"),
    properties: {
      "ssl.keystore.type": "PKCS12",
      "ssl.keystore.location": keystore,
      "ssl.keystore.password": password,
    },
  };
}

async function keytool(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run("keytool", [command, ...args], { output: "keep" });
  if (code !== 0) throw new Error(`keytool ${command} failed:\n${output}`);
}
