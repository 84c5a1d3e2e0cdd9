// Builds ../plot.js from the exactly pinned packages of dashboards/package.json, with the licence of every package that
// ended up in it and a record of what it was built from. Run by `make vendor`; prints nothing when all is well.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = dirname(here);
const room = dirname(dirname(target)); // where package.json and node_modules are
const lock = JSON.parse(readFileSync(join(room, "package-lock.json"), "utf8"));

const result = await build({
  absWorkingDir: room,
  entryPoints: [join(here, "entry.js")],
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "Plot",
  target: "es2022",
  tsconfigRaw: {}, // that of the scripts is for checking them
  legalComments: "none", // every licence text is in LICENSES.txt
  metafile: true,
  write: false,
});
const bundle = result.outputFiles[0].contents;

const folderOf = (input) => input.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
const folders = [...new Set(Object.keys(result.metafile.inputs).map(folderOf))].filter(Boolean).sort();

const packages = folders.map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(room, folder, "package.json"), "utf8"));
  const { integrity } = lock.packages[folder];
  return { name, version, license, integrity };
});

const licences = folders.map((folder, index) => {
  const file = readdirSync(join(room, folder)).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = packages[index];
  const said =
    file && existsSync(join(room, folder, file)) ? readFileSync(join(room, folder, file), "utf8").trim() : "";
  const text = said || `${license} (the package carries no licence file of its own)`;
  return `${name} ${version}\n${"=".repeat(name.length + version.length + 1)}\n\n${text}\n`;
});

writeFileSync(join(target, "plot.js"), bundle);
writeFileSync(join(target, "LICENSES.txt"), licences.join("\n\n"));
const sha256 = createHash("sha256").update(bundle).digest("hex");
const record = {
  bundle: "plot.js",
  sha256,
  built_with: `esbuild ${lock.packages["node_modules/esbuild"].version}`,
  packages,
};
writeFileSync(join(target, "versions.json"), `${JSON.stringify(record, null, 2)}\n`);
