/** A registry on a free loopback port, for the release rehearsal. Usage: `node registry.mjs FOLDER`; prints its port. */
import { join } from "node:path";
import { runServer } from "verdaccio";

const [, , folder] = process.argv;
const server = await runServer({
  configPath: join(folder, "config.yaml"),
  storage: join(folder, "storage"),
  self_path: folder,
  uplinks: {},
  packages: { "@activity/*": { access: "$all", publish: "$all" } },
  auth: { htpasswd: { file: join(folder, "htpasswd"), max_users: -1 } },
  log: { type: "stderr", level: "warn", format: "json" },
  max_body_size: "50mb",
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
