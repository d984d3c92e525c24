#!/usr/bin/env node
// Looks at a built site in Chromium, as people meet it.
//
//   node run.mjs SITE_DIR [--canary DIR] [--only WORD]
//   node run.mjs --self-test
//
// SITE_DIR is opened from its folder and from a server. --canary names a second site, whose every
// string tries to run. --self-test writes small sites: a good one with the real search, on which
// all must hold, and bad ones, on which each check must find what is wrong. Exit 1: a check
// failed; 2: wrong usage.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { canaryChecks, siteChecks } from './checks.mjs';
import { faults, fixture } from './fixture.mjs';
import { searchChecks } from './search.mjs';
import { launch, serve, temporary } from './site.mjs';

function usage(text) {
  console.error(`run.mjs: ${text}\nusage: run.mjs SITE_DIR [--canary DIR] [--only WORD] | --self-test`);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    canary: { type: 'string' },
    only: { type: 'string', default: '' },
    'self-test': { type: 'boolean', default: false },
  },
});
if (!values['self-test'] && positionals.length !== 1) usage('one site is needed');
for (const folder of [...positionals, values.canary ?? []].flat()) {
  if (!existsSync(join(folder, 'index.html'))) usage(`${folder} holds no index.html`);
}

// Runs checks one after another; each throws a text, or gives a list of what is wrong.
async function runAll(checks, only) {
  const failed = [];
  for (const [name, check] of checks) {
    if (!name.includes(only)) continue;
    const started = performance.now();
    let wrong;
    let note = '';
    try {
      const found = await check();
      if (Array.isArray(found)) wrong = found;
      else [wrong, note] = [[], found ?? ''];
    } catch (error) {
      wrong = [error.stack?.split('\n').slice(0, 3).join('\n      ') ?? String(error)];
    }
    const time = `${Math.round(performance.now() - started)} ms`;
    console.log(`${wrong.length ? 'FAIL' : 'ok  '}  ${name} (${time})${note ? `: ${note}` : ''}`);
    for (const line of wrong.slice(0, 20)) console.log(`      ${line}`);
    if (wrong.length > 20) console.log(`      and ${wrong.length - 20} more`);
    if (wrong.length) failed.push(name);
  }
  return failed;
}

async function withSite(browser, folder, act) {
  const server = await serve(resolve(folder));
  try {
    return await act({ browser, folder: resolve(folder), http: server.base });
  } finally {
    await server.close();
  }
}

// The checks themselves are checked: on a good site all hold, on each bad one its check fails.
async function selfTest(browser) {
  const folder = mkdtempSync(temporary());
  const failed = [];
  try {
    const good = join(folder, 'good');
    fixture(good);
    console.log('\n== a good site ==');
    failed.push(...await withSite(browser, good, (site) =>
      runAll([...siteChecks(site), ...searchChecks(site)], values.only)));
    for (const [name, fault] of Object.entries(faults)) {
      const bad = join(folder, 'bad');
      rmSync(bad, { recursive: true, force: true });
      fixture(bad, fault);
      console.log(`\n== ${name} must be found ==`);
      const found = await withSite(browser, bad, (site) =>
        runAll([...siteChecks(site), ...canaryChecks(site)], fault.check));
      if (!found.length) failed.push(`${name} was not found`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failed;
}

const browser = await launch();
let failed = [];
try {
  if (values['self-test']) {
    failed = await selfTest(browser);
  } else {
    failed = await withSite(browser, positionals[0], (site) => runAll(siteChecks(site), values.only));
    if (values.canary) {
      failed.push(...await withSite(browser, values.canary, (site) =>
        runAll(canaryChecks(site), values.only)));
    }
  }
} finally {
  await browser.close();
}
console.log(failed.length ? `\n${failed.length} failed: ${failed.join('; ')}` : '\nall is well');
process.exitCode = failed.length ? 1 : 0;
