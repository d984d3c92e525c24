// What must hold for every site: each check is a name and a function that gives what is wrong.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { address, axeSource, brokenLinks, fileBase, inlined, pages, types } from './site.mjs';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
const FIRST_PAGE = 60_000;

// Opens pages in a context of their own; `act` gets the page and what went wrong on it so far.
export async function opened({ browser }, options, base, paths, act) {
  const { permissions, init, ...rest } = options;
  const context = await browser.newContext({ viewport: DESK, ...rest });
  if (permissions) await context.grantPermissions(permissions);
  await context.addInitScript(() => {
    window.seen = { violations: [], shift: 0, shifted: [] };
    document.addEventListener('securitypolicyviolation', (event) =>
      window.seen.violations.push(`${event.violatedDirective} refuses ${event.blockedURI}`));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        window.seen.shift += entry.value;
        window.seen.shifted.push(...entry.sources.map(({ node }) => node?.nodeName ?? '?'));
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  if (init) await context.addInitScript(init);
  const wrong = [];
  try {
    for (const path of paths) {
      const page = await context.newPage();
      const noise = [];
      page.on('console', (message) =>
        message.type() === 'error' && noise.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
      page.on('request', (request) =>
        request.url().startsWith(base) || noise.push(`asks for ${request.url()}`));
      page.on('requestfailed', (request) => noise.push(`cannot load ${request.url()}`));
      await page.goto(address(base, path));
      const found = await act(page, noise, path);
      wrong.push(...(found ?? []).map((line) => `${path}: ${line}`));
      await page.close();
    }
  } finally {
    await context.close();
  }
  return wrong;
}

const quiet = async (page, noise) =>
  [...noise, ...await page.evaluate(() => window.seen.violations)];

async function axe(page, label) {
  await page.evaluate(axeSource());
  const { violations } = await page.evaluate(
    (values) => window.axe.run(document, {
      preload: false, // it would fetch what the policy forbids to fetch
      runOnly: { type: 'tag', values },
    }), RULES);
  return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html, any }) =>
    `${label}: ${id} (${help}): ${html.slice(0, 160)} ${any[0]?.message ?? ''}`));
}

const luminance = (colour) => {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number).map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const colours = (page) => page.evaluate(() => {
  const of = (element) => getComputedStyle(element).backgroundColor;
  const clear = 'rgba(0, 0, 0, 0)';
  const back = [document.body, document.documentElement].map(of).find((colour) => colour !== clear);
  return { back: back ?? 'rgb(255, 255, 255)', text: getComputedStyle(document.body).color };
});

// The focused element, and how the eye sees that it is.
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const look = () => {
    const { outlineStyle, outlineWidth, boxShadow, backgroundColor, borderColor, textDecorationLine } =
      getComputedStyle(element);
    return [outlineStyle === 'none' ? 0 : outlineWidth, boxShadow, backgroundColor, borderColor,
      textDecorationLine].join();
  };
  const box = element.getBoundingClientRect();
  const now = look();
  const hasOutline = getComputedStyle(element).outlineStyle !== 'none' &&
    parseFloat(getComputedStyle(element).outlineWidth) >= 1;
  if (!hasOutline) element.blur();
  const differs = hasOutline || now !== look();
  if (!hasOutline) element.focus();
  return {
    html: element.outerHTML.slice(0, 120),
    href: element.getAttribute('href'),
    isShown: box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0,
    differs,
  };
});

async function keyboard(page) {
  const wrong = [];
  await page.keyboard.press('Tab');
  const skip = await focused(page);
  if (!skip?.href?.startsWith('#')) return [`Tab first reaches no skip link but ${skip?.html}`];
  if (!skip.isShown) wrong.push(`the skip link cannot be seen when it has the focus`);
  await page.keyboard.press('Enter');
  const target = await page.evaluate((id) => {
    const element = document.getElementById(id);
    return element && element.getBoundingClientRect().top < innerHeight && location.hash === `#${id}`;
  }, skip.href.slice(1));
  if (!target) wrong.push(`the skip link ${skip.href} does not lead to its target`);
  await page.evaluate(() => { scrollTo(0, 0); document.activeElement.blur(); });
  for (let turn = 0; turn < 60; turn += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (!now) break;
    if (!now.isShown) wrong.push(`has the focus, but cannot be seen: ${now.html}`);
    if (!now.differs) wrong.push(`does not show that it has the focus: ${now.html}`);
  }
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('/');
  const isSearch = await page.evaluate(() => document.activeElement.getAttribute('role') === 'combobox');
  if (!isSearch) wrong.push('"/" does not reach the search box');
  return wrong;
}

// --- search ----------------------------------------------------------------------------------

export const SHARD_BUDGET = 200_000;

// Types a query, and gives what is shown.
export async function searched(page, query) {
  const input = page.locator('[data-search] input');
  await input.fill('');
  await page.waitForFunction(() => !document.querySelector('[data-search] [role=option]'));
  await input.fill(query);
  await page.waitForFunction(() => document.querySelector('[data-search] [role=status]').textContent);
  return page.evaluate(() => ({
    status: document.querySelector('[data-search] [role=status]').textContent,
    results: [...document.querySelectorAll('[data-search] [role=option]')].map((link) => ({
      href: link.href,
      text: link.textContent.replace(/\s+/g, ' ').trim(),
      marks: [...link.querySelectorAll('mark')].map((mark) => mark.textContent),
    })),
  }));
}

// A page with a name that is good to search by: services first.
function known(folder) {
  const isGood = (path) => /^[^/]+\/[a-z]{8,}\.html$/.test(path) && !path.endsWith('/index.html');
  const good = pages(folder).filter(isGood);
  return good.find((path) => path === 'service/checkout.html') ??
    good.find((path) => path.startsWith('service/')) ?? good[0];
}

async function searchWorks(page, folder) {
  const wrong = [];
  const path = known(folder);
  if (!path) return ['no page has a name that can be searched by'];
  const [kind, name] = path.replace('.html', '').split('/');
  const swapped = name.slice(0, 2) + name[3] + name[2] + name.slice(4);
  const place = async (query) =>
    (await searched(page, query)).results.findIndex(({ href }) => decodeURI(href).endsWith(path));
  if (await page.evaluate(() => Boolean(window.gitsmSearch))) wrong.push('it loads before it is asked');
  if (await place(name) !== 0) wrong.push(`"${name}" does not find ${path} first`);
  for (const query of [name.slice(0, 6), swapped, `${kind}:${name}`, `${name} ${kind}`]) {
    if (await place(query) < 0) wrong.push(`"${query}" does not find ${path}`);
  }
  const none = await searched(page, 'qqqqzzzzqqqq');
  if (none.results.length || none.status !== 'Nothing found') wrong.push(`nonsense finds: ${none.status}`);
  await searched(page, name);
  await page.keyboard.press('ArrowDown');
  wrong.push(...await axe(page, 'with results'));
  const loaded = page.waitForEvent('load', { timeout: 5000 }).catch(() => {});
  await page.keyboard.press('Enter');
  await loaded;
  if (!decodeURI(page.url()).endsWith(path)) wrong.push('Enter does not open the result');
  return wrong;
}

// --- runbooks --------------------------------------------------------------------------------

async function runbook(page, overHttp) {
  const wrong = [];
  const steps = page.locator('main[data-runbook] ol.steps > li');
  if (await steps.count() === 0) return ['has no steps'];
  const parameters = page.locator('main[data-runbook] input[data-parameter]');
  for (const input of await parameters.all()) {
    await input.fill(`value-of-${await input.getAttribute('data-parameter')}`);
  }
  for (const code of await page.locator('code[data-template]').all()) {
    const template = await code.getAttribute('data-template');
    const text = await code.textContent();
    for (const input of await parameters.all()) {
      const name = await input.getAttribute('data-parameter');
      const isUsed = new RegExp(`\\$?\\{+ *(?:parameters\\.|params\\.)?${name.replace(/[^\w]/g, '\\$&')} *\\}+`).test(template);
      if (isUsed && !text.includes(`value-of-${name}`)) {
        wrong.push(`${name} is filled in, but a command still reads: ${text}`);
      }
    }
  }
  if (overHttp) {
    for (const button of await page.locator('main[data-runbook] button.copy').all()) {
      const expected = await button.evaluate((element) => {
        const inside = element.closest('li, figure, div');
        return inside?.querySelector('code[data-template], pre code, code')?.textContent;
      });
      await page.evaluate(() => navigator.clipboard.writeText('nothing'));
      await button.click();
      await page.waitForTimeout(50);
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      if (copied !== expected) wrong.push(`copied "${copied}" instead of "${expected}"`);
    }
  }
  for (const step of await steps.all()) await step.locator('input[type=checkbox]').first().check();
  await page.reload();
  for (const [at, step] of (await steps.all()).entries()) {
    if (!await step.locator('input[type=checkbox]').first().isChecked()) {
      wrong.push(`step ${at + 1} is no longer ticked after the page was loaded again`);
    }
  }
  for (const input of await parameters.all()) {
    const name = await input.getAttribute('data-parameter');
    if (await input.inputValue() !== `value-of-${name}`) wrong.push(`${name} is forgotten`);
  }
  return wrong;
}

const runbooks = (folder) => pages(folder).filter((path) =>
  /<main[^>]*\sdata-runbook/.test(readFileSync(join(folder, path), 'utf8')));

// --- all of them -----------------------------------------------------------------------------

export function siteChecks(site) {
  const { folder, http } = site;
  const file = fileBase(folder);
  const kinds = types(folder);
  const both = [['a folder', file], ['a server', http]];
  const checks = [
    ['links lead somewhere', async () => brokenLinks(folder)],
    ['nothing is inline', async () => inlined(folder)],
  ];
  for (const [from, base] of both) {
    checks.push([`pages from ${from} are quiet`, () => opened(site, {}, base, kinds, quiet)]);
  }
  for (const colorScheme of ['light', 'dark']) {
    for (const [label, viewport] of [['phone', PHONE], ['desk', DESK]]) {
      checks.push([`axe: ${colorScheme}, ${label}`, () =>
        opened(site, { colorScheme, viewport }, file, kinds, (page) => axe(page, colorScheme))]);
    }
  }
  checks.push(
    ['dark is dark, light is light', async () => {
      const wrong = [];
      for (const colorScheme of ['light', 'dark']) {
        wrong.push(...await opened(site, { colorScheme }, file, ['index.html'], async (page) => {
          const { back, text } = await colours(page);
          const [darker, lighter] = colorScheme === 'dark' ? [back, text] : [text, back];
          return luminance(darker) < 0.1 && luminance(lighter) > 0.5
            ? [] : [`${colorScheme}: ${text} on ${back}`];
        }));
      }
      return wrong;
    }],
    ['no page scrolls sideways at 320 px', () =>
      opened(site, { viewport: { width: 320, height: 640 } }, file, kinds, (page) =>
        page.evaluate(() => {
          if (document.documentElement.scrollWidth <= innerWidth) return [];
          const scrolls = (element) => element && element !== document.body &&
            (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
          const wide = [...document.querySelectorAll('body *')].filter((element) =>
            element.getBoundingClientRect().right > innerWidth + 1 &&
            !scrolls(element.parentElement)).slice(0, 3);
          return wide.map((element) => `too wide: ${element.outerHTML.slice(0, 100)}`)
            .concat(`${document.documentElement.scrollWidth} px`);
        }))],
    ['nothing moves while a page loads', async () => {
      const wrong = [];
      for (const viewport of [PHONE, DESK]) {
        wrong.push(...await opened(site, { viewport }, http, kinds, async (page) => {
          await page.waitForTimeout(200);
          const { shift, shifted } = await page.evaluate(() => window.seen);
          return shift > 0 ? [`moved by ${shift.toFixed(4)}: ${shifted.join(', ')}`] : [];
        }));
      }
      return wrong;
    }],
    ['the first page is small', async () => {
      let sent = 0;
      let whole = 0;
      const context = await site.browser.newContext();
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      session.on('Network.loadingFinished', ({ encodedDataLength }) => { sent += encodedDataLength; });
      page.on('response', async (response) => {
        const path = decodeURIComponent(new URL(response.url()).pathname).slice(1) || 'index.html';
        if (response.ok()) whole += statSync(join(folder, path)).size;
      });
      await page.goto(http, { waitUntil: 'networkidle' });
      await context.close();
      const text = `${sent} bytes sent, ${whole} unpacked`;
      return sent <= FIRST_PAGE ? text : [`${text}; ${FIRST_PAGE} are allowed`];
    }],
    ['the keyboard is enough', () => opened(site, {}, file, kinds, keyboard)],
    ['print leaves navigation out', () =>
      opened(site, {}, file, kinds, async (page) => {
        await page.emulateMedia({ media: 'print' });
        const shown = await page.evaluate(() =>
          [...document.querySelectorAll('nav, [role=navigation], [role=search]')]
            .filter((element) => element.checkVisibility({ visibilityProperty: true }))
            .map((element) => `is printed: ${element.outerHTML.slice(0, 100)}`));
        const pdf = await page.pdf();
        return pdf.subarray(0, 5).toString() === '%PDF-' ? shown : [...shown, 'gives no PDF'];
      })],
  );
  for (const [from, base] of both) {
    checks.push([`search works from ${from}`, () =>
      opened(site, {}, base, ['index.html', known(folder) ?? 'index.html'], async (page, noise) =>
        [...await searchWorks(page, folder), ...await quiet(page, noise)])]);
    checks.push([`a runbook can be followed from ${from}`, async () => {
      const found = runbooks(folder).slice(0, 2);
      if (!found.length) return ['no page has main[data-runbook]'];
      const permissions = base === http ? ['clipboard-read', 'clipboard-write'] : undefined;
      return opened(site, { viewport: PHONE, permissions }, base, found, async (page, noise) =>
        [...await runbook(page, base === http), ...await quiet(page, noise)]);
    }]);
  }
  return checks;
}

// The first pages of every folder: enough to see every kind of page.
function some(folder, most) {
  const seen = new Map();
  return pages(folder).filter((path) => {
    const top = path.includes('/') ? path.split('/')[0] : '';
    seen.set(top, (seen.get(top) ?? 0) + 1);
    return !top || seen.get(top) <= most;
  });
}

// On a site whose every string is hostile, nothing of it runs.
export function canaryChecks(site) {
  const { folder } = site;
  const file = fileBase(folder);
  const sings = async (page, noise) => {
    const wrong = await quiet(page, noise);
    const found = await page.evaluate(() => ({
      sang: window.sang ?? 0,
      scripts: [...document.querySelectorAll('a, area, form, use')].map((element) =>
        element.getAttribute('href') ?? element.getAttribute('action') ?? '')
        .filter((link) => /^\s*(javascript|data|vbscript):/i.test(link)),
      computed: /(?<![\d.:/-])49(?![\d.:/-])/.test(document.body.innerText),
      foreign: [...document.querySelectorAll('svg *, svg, img, body')]
        .flatMap((element) => [...element.attributes])
        .filter(({ name }) => /^on/i.test(name)).map(({ name }) => name),
    }));
    if (found.sang) wrong.push('a canary sang');
    if (found.computed) wrong.push('a template computed 49');
    wrong.push(...found.scripts.map((link) => `a link is ${link}`));
    wrong.push(...found.foreign.map((name) => `an element has ${name}`));
    return wrong;
  };
  const arm = { bypassCSP: true, init: () => { window.canary = () => { window.sang = 1; }; } };
  return [
    ['canary: links lead somewhere', async () => brokenLinks(folder)],
    ['canary: nothing is inline', async () => inlined(folder)],
    // Without the page's policy: escaping alone must hold.
    ['canary: nothing sings on any page', () =>
      opened(site, arm, file, some(folder, 3), async (page, noise) => {
        await page.waitForTimeout(50);
        return sings(page, noise);
      })],
    ['canary: nothing sings in search', () =>
      opened(site, arm, file, ['index.html'], async (page, noise) => {
        const wrong = [];
        for (const query of ['script', 'canary', 'svg onload', '7*7', '<script>canary()</script>']) {
          await searched(page, query);
          wrong.push(...await sings(page, noise));
        }
        return wrong;
      })],
  ];
}
