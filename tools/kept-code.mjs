/**
 * Turns a module into one that holds its text as a string and runs it with what the engine has compiled of it before:
 * `openCode` of sink-intake. What it imports while it runs is imported by the module around the text, where bundlers
 * see it.
 */
import { createHash } from "node:crypto";
import { minify } from "terser";

/**
 * @param text A module without imports but `import("./FILE.js")` with files beside it.
 * @param id Name and version of the package, which tell what is kept from what another one keeps.
 * @returns The module around it, which still has to be bundled, and the files that it imports.
 */
export async function keepCode(text, { opener, id }) {
  // Fewer functions by inlining, and one byte a character.
  const { code } = await minify(withPlainMembers(text), {
    module: true,
    ecma: 2020,
    compress: { passes: 4 },
    mangle: { properties: { regex: /^\$private_/ } },
    format: { ascii_only: true },
  });
  const { names } = /export\s*\{(?<names>[^}]*)\};?\s*$/.exec(code).groups;
  const exported = names.split(",").map((pair) => {
    const [inner, outer = inner] = pair.trim().split(" as ");
    return { inner, outer };
  });
  const parts = new Set();
  const body = code
    .replace(/export\s*\{[^}]*\};?\s*$/, "")
    .replaceAll("import.meta.filename", "$filename")
    .replace(/\bimport\("(\.\/[\w-]+\.js)"\)/g, (_, path) => {
      parts.add(path);
      return `$import["${path}"]()`;
    });
  if (/\bimport\b\s*[.("]/.test(body)) throw new Error("a script can import nothing but a file beside it");
  const members = exported.map(({ inner, outer }) => `${outer}:${inner}`);
  const script = `(function($filename,$import,keepCompiled){"use strict";${body}\nreturn{${members}}})`;
  const digest = createHash("sha256").update(script).digest("hex").slice(0, 16);
  const imports = [...parts].map((path) => `"${path}": () => import("${path}")`);
  const around = [
    `import { openCode } from ${JSON.stringify(opener)};`,
    `const code = openCode(${JSON.stringify(script)}, ${JSON.stringify({ ...id, digest })});`,
    `const keep = () => code.keep();`,
    `const parts = { ${imports} };`,
    `export const { ${exported.map(({ outer }) => outer)} } = code.run()(import.meta.filename, parts, keep);`,
  ];
  return { text: around.join("\n"), parts: [...parts] };
}

/**
 * Turns private members into ordinary ones, which the minifier then gives short names: making the private ones of a
 * dozen classes takes 0.2 ms. Nothing outside of the text has instances of these classes but to hand them back; in those
 * of which a host gets instances they stay, since it would find what is no member of an event.
 */
function withPlainMembers(text) {
  const plain = text.replace(topLevelClass, (body, name, base) => {
    if (givenToHosts.has(name)) return body;
    // A class and the one it extends may have members of one name.
    const own = base && base !== "Error" ? `$private_${name}_` : "$private_";
    return body.replace(/(?<![\w$])#(?=[a-z]\w*)/g, own);
  });
  const others = plain.replace(topLevelClass, (body, name) => (givenToHosts.has(name) ? "" : body));
  if (/[.\s!(]#[a-z]/.test(others)) throw new Error("a private member outside of a class of the top level");
  return plain;
}

/** Events, which `importanceOf` gets. */
const givenToHosts = new Set(["CheckedEvent"]);

/** As esbuild writes one: from the beginning of a line to the next brace there. */
const topLevelClass = /^var (\w+) = class(?: \w+)?(?: extends (\w+))? \{\n[\s\S]*?^\}/gm;
