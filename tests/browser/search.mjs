// What the search must find among the documents of the good site; see `documents.mjs`.

import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { opened, searched, SHARD_BUDGET } from './checks.mjs';
import { many, queries } from './documents.mjs';
import { html, writeIndex } from './fixture.mjs';
import { fileBase, temporary } from './site.mjs';

// A query, and the names that must come first, in this order; [] is nothing at all.
const EXPECTED = [
  ['checkout', ['checkout', 'checkouts-archive', 'checkout-api']], // see `isFirst`
  ['chec', ['checkout']],
  ['Checkout API', ['checkout-api']],
  ['checkout-api', ['checkout-api']],
  ['checkoutapi', ['checkout-api']],
  ['checkouta', ['checkout-api']],
  ['api checkout', ['checkout-api']],
  ['chekcout', ['checkout']],
  ['hceckout', ['checkout']],
  ['xheckout', ['checkout']],
  ['chckt', []],
  ['checuot', []],
  ['chekcuot', ['checkout']],
  ['identty', ['identity']],
  ['dientity', ['identity']],
  ['paymentgateway', ['paymentGateway']],
  ['paymentGateway', ['paymentGateway']],
  ['gateway payment', ['paymentGateway']],
  ['gatewya', ['paymentGateway']],
  ['payments_ledger.v2', ['payments_ledger.v2']],
  ['ledger of payments', ['payments_ledger.v2']],
  ['postgre', ['postgres-main', 'postgres-replica']],
  ['postgresql', ['postgres-main']],
  ['identity and access', ['identity']],
  ['東京', ['tokyo']],
  ['京都の', ['tokyo']],
  ['決済', ['tokyo']],
  ['überweisung', ['uberweisung']],
  ['UBERWEISUNG', ['uberweisung']],
  ['cafe strasse', ['uberweisung']],
  ['runbook:checkout', ['restart-checkout']],
  ['kind:runbook checkout', ['restart-checkout']],
  ['kind:run', ['restart-checkout']],
  ['ci:', ['host-01']],
  ['ci:host', ['host-01']],
  ['configurationitem:host', ['host-01']],
  ['service:default/checkout', ['checkout']],
  ['runbook:identity', []],
  ['host01', ['host-01']],
  ['checkout unicorns', ['checkout']],
  ['qqqq', []],
];

const name = ({ href }) => decodeURIComponent(new URL(href).pathname.split('/').at(-1)).replace('.html', '');

async function expected(page, noise) {
  const wrong = [];
  for (const [query, wanted] of EXPECTED) {
    const { results, status } = await searched(page, query);
    const names = results.map(name);
    const isRight = wanted.length
      ? wanted.every((one, at) => (query === 'checkout' && at ? names.includes(one) : names[at] === one))
      : names.length === 0;
    if (!isRight) wrong.push(`"${query}" finds ${names.join(', ') || 'nothing'}; ${status}`);
  }
  return [...wrong, ...noise];
}

async function box(page, noise) {
  const wrong = [];
  const must = (holds, text) => holds || wrong.push(text);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const input = page.locator('[data-search] input');
  must(await page.evaluate(() => !window.gitsmSearch), 'something is loaded before the focus');
  await page.keyboard.press('/');
  await page.waitForFunction(() => window.gitsmSearch);
  must(await input.inputValue() === '', 'the slash is typed into the box');
  await page.waitForTimeout(100);
  must(asked.length === 2, `the focus loads ${asked.join(', ')}`);

  const found = await searched(page, 'chec');
  must(/^\d+ results$/.test(found.status), `the status reads ${found.status}`);
  must((await searched(page, 'gatewya')).status === '1 result for similar words', 'a guess is not named as one');
  must((await searched(page, 'checkout unicorns')).status.startsWith('No page has all of these words; '),
    'a part is not named as one');
  must((await searched(page, 'payments ledg')).results[0].marks.join() === 'payments,payments,ledg'
    || (await searched(page, 'payments ledg')).results[0].marks.includes('payments'), 'nothing is marked');
  must((await searched(page, 'uberw')).results[0].marks[0] === 'Überw', 'accents are marked wrongly');
  must((await searched(page, '決済')).results[0].marks[0] === '決済', 'pairs are marked wrongly');

  await searched(page, 'checkout');
  const state = () => page.evaluate(() => {
    const box = document.querySelector('[data-search] input');
    const id = box.getAttribute('aria-activedescendant');
    return { open: box.getAttribute('aria-expanded'), active: id && document.getElementById(id).textContent,
      selected: document.querySelectorAll('[aria-selected=true]').length };
  });
  must((await state()).open === 'true', 'the list is not said to be open');
  await page.keyboard.press('ArrowDown');
  const first = await state();
  must(first.selected === 1 && first.active, 'an arrow chooses nothing');
  await page.keyboard.press('ArrowDown');
  must((await state()).active !== first.active, 'a second arrow goes nowhere');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  must((await state()).active === null, 'an arrow past the end does not lead back to the text');
  await page.keyboard.press('Escape');
  must((await state()).open === 'false' && await input.inputValue() === 'checkout', 'Escape does not close the list');
  await page.keyboard.press('Escape');
  must(await input.inputValue() === '', 'a second Escape does not empty the box');
  await input.pressSequentially('identi');
  await page.keyboard.press('Enter');
  await page.waitForURL(/identity\.html$/, { timeout: 5000 }).catch(() => wrong.push('Enter opens nothing'));
  return [...wrong, ...noise];
}

// Half a deployment: a shard is missing.
async function missing(site) {
  const folder = join(site.folder, 'search');
  const shards = readdirSync(folder).filter((file) => /^t/.test(file));
  shards.forEach((file) => renameSync(join(folder, file), join(folder, `_${file}`)));
  try {
    return await opened(site, {}, site.http, ['index.html'], async (page) => {
      const { status } = await searched(page, 'checkout');
      if (!status.startsWith('Search does not work just now')) return [`the status reads ${status}`];
      shards.forEach((file) => renameSync(join(folder, `_${file}`), join(folder, file)));
      const again = await searched(page, 'checkout');
      return again.results.length ? [] : ['it does not recover'];
    });
  } finally {
    shards.forEach((file) => statSync(join(folder, `_${file}`), { throwIfNoEntry: false })
      && renameSync(join(folder, `_${file}`), join(folder, file)));
  }
}

// How much 50 queries load and how long they take, each on a page that has loaded nothing yet.
export async function measure(browser, documents) {
  const folder = mkdtempSync(temporary());
  try {
    const said = writeIndex(documents, folder);
    writeFileSync(join(folder, 'search.js'), readFileSync(join(import.meta.dirname, '../../src/render/assets/search.js')));
    writeFileSync(join(folder, 'site.js'), '');
    writeFileSync(join(folder, 'site.css'), '');
    writeFileSync(join(folder, 'index.html'), html('index.html', 'Home', '<main id="content"><h1>Home</h1></main>'));
    const size = (file) => statSync(join(folder, 'search', file)).size;
    const shards = readdirSync(join(folder, 'search'));
    const sum = (sort) => {
      const of = shards.filter((file) => file.startsWith(sort));
      return `${of.length} ${sort} ${of.reduce((sum, file) => sum + size(file), 0)}`;
    };
    const rows = [];
    await opened({ browser }, {}, fileBase(folder), queries(documents).map(() => 'index.html'), async (page) => {
      const query = queries(documents)[rows.length];
      const loaded = new Set();
      page.on('request', (request) => loaded.add(new URL(request.url()).pathname.split('/').at(-1)));
      await page.locator('[data-search] input').focus();
      await page.waitForFunction(() => window.gitsmSearch);
      await page.evaluate(() => window.gitsmSearch.ready());
      const [ms, total, how] = await page.evaluate(async (text) => {
        const started = performance.now();
        const { total, how } = await window.gitsmSearch.find(text);
        return [performance.now() - started, total, how];
      }, query);
      const bytes = [...loaded].reduce((sum, file) => sum + size(file), 0);
      rows.push({ query, ms, total, how, bytes, scripts: loaded.size });
    });
    return { said, sizes: ['manifest', 't', 'w', 'r', 'engine'].map(sum).join(', '), rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function searchChecks(site) {
  return [
    ['search finds what it should', () => opened(site, {}, fileBase(site.folder), ['index.html'], expected)],
    ['the search box behaves', () => opened(site, {}, fileBase(site.folder), ['index.html'], box)],
    ['search says when a part is missing', () => missing(site)],
    ['search among 10,000 is small and fast', async () => {
      const { said, sizes, rows } = await measure(site.browser, many(10_000));
      const times = rows.map(({ ms }) => ms).sort((a, b) => a - b);
      const median = times[times.length >> 1];
      const most = rows.reduce((a, b) => (a.bytes > b.bytes ? a : b));
      const wrong = rows.filter(({ bytes }) => bytes > SHARD_BUDGET)
        .map(({ query, bytes }) => `"${query}" loads ${bytes} bytes`);
      wrong.push(...rows.filter(({ total }) => !total).map(({ query }) => `"${query}" finds nothing`));
      const text = `median ${median.toFixed(1)} ms, worst ${times.at(-1).toFixed(1)} ms, most ` +
        `${most.bytes} bytes in ${most.scripts} scripts ("${most.query}"); ${said}; ${sizes}`;
      return wrong.length ? [...wrong, text] : text;
    }],
  ];
}
