#!/usr/bin/env node
// Pictures of pages, for looking at: phone and desk, light and dark. They are never committed.
//
//   node shots.mjs SITE_DIR OUT_DIR [PAGE...]      without pages: one of each type

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { address, fileBase, launch, types } from './site.mjs';

const [site, out, ...named] = process.argv.slice(2);
if (!out) {
  console.error('usage: shots.mjs SITE_DIR OUT_DIR [PAGE...]');
  process.exit(2);
}
const base = fileBase(resolve(site));
const browser = await launch();
mkdirSync(out, { recursive: true });
for (const [label, width, height] of [['phone', 390, 844], ['desk', 1280, 900]]) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height } });
    const page = await context.newPage();
    for (const path of named.length ? named : types(resolve(site))) {
      await page.goto(address(base, path));
      const name = `${path.replace(/\.html$/, '').replace(/\W+/g, '-')}-${label}-${colorScheme}.png`;
      await page.screenshot({ path: join(out, name), fullPage: true });
      console.log(join(out, name));
    }
    await context.close();
  }
}
await browser.close();
