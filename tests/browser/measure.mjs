#!/usr/bin/env node
// What fifty searches among N generated documents load and take, each on a page of its own:
//
//   node measure.mjs [N]

import { many } from './documents.mjs';
import { measure } from './search.mjs';
import { launch } from './site.mjs';

const browser = await launch();
const { said, sizes, rows } = await measure(browser, many(Number(process.argv[2] ?? 10_000)));
await browser.close();
console.log(`${said}\n${sizes}\n\n    ms   bytes scripts  found how   query`);
for (const { query, ms, total, how, bytes, scripts } of rows.sort((a, b) => a.ms - b.ms)) {
  console.log(`${ms.toFixed(1).padStart(6)} ${String(bytes).padStart(7)} ${String(scripts).padStart(7)} ` +
    `${String(total).padStart(6)} ${how.padEnd(5)} ${query}`);
}
