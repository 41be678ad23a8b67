// The methods of masto.js's REST client, read from its typings: every place at
// which an interface of a resource has a Method, like v1.lists.$select.accounts.list.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const files = new Map();

/** The interfaces and imports of a .d.ts file. */
function file(path) {
  if (files.has(path)) return files.get(path);
  const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = { path, interfaces: new Map(), imports: new Map(), all: [] };
  files.set(path, found);
  for (const [, , name, body] of text.matchAll(/(export )?interface (\S+)[^{]*\{([\s\S]*?)\n\}/g)) found.interfaces.set(name, body);
  for (const [, names, from] of text.matchAll(/import (?:type )?\{([^}]*)\} from "([^"]+)"/g))
    for (const name of names.split(",")) found.imports.set(name.replace(/\btype\b/, "").trim(), from);
  for (const [, name, from] of text.matchAll(/import type \* as (\w+) from "([^"]+)"/g)) found.imports.set(name, from);
  for (const [, from] of text.matchAll(/export (?:type )?\* from "([^"]+)"/g)) found.all.push(from);
  return found;
}

const beside = (from, to) => join(dirname(from.path), to.replace(/\.js$/, ".d.ts"));

/** Where an interface is declared that a file names. */
function resolve(from, name) {
  const [space, rest] = name.split(".");
  if (rest) return exported(file(beside(from, from.imports.get(space))), rest);
  if (from.imports.has(name)) return exported(file(beside(from, from.imports.get(name))), name);
  return exported(from, name);
}

/** Where an interface is declared that others may name by this file. */
function exported(from, name) {
  if (from.interfaces.has(name)) return from;
  for (const other of from.all) {
    const found = exported(file(beside(from, other)), name);
    if (found) return found;
  }
  return undefined;
}

/** Lists the methods below a resource. */
function* walk(from, name, path) {
  const home = resolve(from, name);
  if (!home) throw new Error(`no interface ${name} for ${path}`);
  const body = home.interfaces.get(name.split(".").at(-1));
  for (const [, member] of body.matchAll(/^    (\w+): \{$/gm)) yield [...path, member].join("."); // one with overloads
  for (const [, member, params, kind] of body.matchAll(/^\s+(?:readonly )?([$\w]+)(\([^)]*\))?: ([\w.$]+)/gm)) {
    if (/^[a-z]+$/.test(kind) || kind === "Promise") continue; // of a type that is written out
    if (kind === "Method") yield [...path, member].join(".");
    else yield* walk(home, kind, [...path, params ? "$select" : member]);
  }
}

/** All methods of the client in a folder of masto's typings. */
export function methods(folder) {
  return [...walk(file(join(folder, "mastodon/rest/client.d.ts")), "Client", [])].sort();
}
