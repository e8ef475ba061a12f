import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { createSpoolStore, pathIn, spoolFolder } from "./index.ts";

it("never takes an empty directory for the root of the file system", () => {
  const refused = expect.objectContaining({
    code: "INVALID_OPTION",
    message: expect.stringContaining("directory"),
  });
  expect(() => spoolFolder({ directory: "", destination: "x" })).toThrow(refused);
  expect(() => createSpoolStore({ directory: "", destination: "x" })).toThrow(refused);
  expect(pathIn("", "x")).toBe("x");
});

it.each(["/", "/x", "/x/", "x"])("names a file in a folder as join does: %s", (folder) => {
  expect(pathIn(folder, "y", "z")).toBe(join(folder, "y", "z"));
});
