// A built site: its pages, its links, a server for it, and a browser to open it with.

import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGzip } from 'node:zlib';

// The packages lie where tests/run installs them.
const modules = process.env.GITSM_BROWSER_MODULES ?? join(import.meta.dirname, '../../target/tools/browser');
const require = createRequire(join(resolve(modules), 'browser.cjs'));
const { chromium } = require('playwright-core');

export const axeSource = () => readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

// Every file below a folder, as paths with slashes, sorted.
export function files(folder) {
  return readdirSync(folder, { recursive: true })
    .map((path) => String(path).split(sep).join('/'))
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

export const pages = (folder) => files(folder).filter((path) => path.endsWith('.html'));

// One page of each type: those at the top, and of every folder its list and its largest page.
export function types(folder) {
  const largest = new Map();
  const found = [];
  for (const path of pages(folder)) {
    const top = path.split('/')[0];
    if (top === path || path === `${top}/index.html`) {
      found.push(path);
      continue;
    }
    const size = statSync(join(folder, path)).size;
    if (!(largest.get(top)?.size >= size)) largest.set(top, { path, size });
  }
  return [...found, ...[...largest.values()].map(({ path }) => path)].sort();
}

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.ics': 'text/calendar; charset=utf-8',
  '.atom': 'application/atom+xml',
  '.md': 'text/markdown; charset=utf-8',
};

// Serves a folder on a port of its own, compressed, as public servers do.
export async function serve(folder) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = resolve(folder, `.${path.endsWith('/') ? `${path}index.html` : path}`);
    const inside = !relative(folder, file).startsWith('..');
    if (!inside || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      // Browsers ask every server for an icon, though no page mentions one.
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-encoding': 'gzip',
    });
    createReadStream(file).pipe(createGzip()).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    base: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((done) => server.close(done)),
  };
}

export const fileBase = (folder) => `${pathToFileURL(resolve(folder)).href}/`;

export const address = (base, path) => base + path.split('/').map(encodeURIComponent).join('/');

export const temporary = () => join(tmpdir(), 'gitsm-browser-');

const decode = (text) => text.replace(/&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi, (all, name) => {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  if (name[0] !== '#') return named[name] ?? all;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return String.fromCodePoint(code);
});

// The elements of a page, as `{ tag, attributes }`. It reads what a program writes (quoted
// attributes, no stray angle brackets), not everything that browsers forgive.
export function* elements(html) {
  const token = /<!--[\s\S]*?-->|<([a-z][a-z0-9:-]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/gi;
  const attribute = /([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
  for (const [, tag, rest] of html.matchAll(token)) {
    if (!tag) continue;
    const attributes = new Map();
    for (const [, name, double, single, bare] of rest.matchAll(attribute)) {
      attributes.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''));
    }
    yield { tag: tag.toLowerCase(), attributes };
  }
}

// What is wrong with the links of all pages: files and ids that are not there.
export function brokenLinks(folder) {
  const all = new Set(files(folder));
  const ids = new Map();
  const links = [];
  const wrong = [];
  for (const page of pages(folder)) {
    const found = new Set();
    for (const { tag, attributes } of elements(readFileSync(join(folder, page), 'utf8'))) {
      const id = attributes.get('id');
      if (id !== undefined && found.has(id)) wrong.push(`${page}: the id "${id}" stands twice`);
      if (id !== undefined) found.add(id);
      for (const name of ['href', 'src', 'xlink:href', 'poster', 'action']) {
        if (attributes.has(name)) links.push({ page, tag, link: attributes.get(name).trim() });
      }
    }
    ids.set(page, found);
  }
  for (const { page, tag, link } of links) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link)?.[1].toLowerCase();
    if (scheme) {
      const isOutside = tag === 'a' && ['http', 'https', 'mailto', 'tel'].includes(scheme);
      const isSelf = tag === 'link' && ['http', 'https'].includes(scheme); // canonical, feed
      if (!isOutside && !isSelf) wrong.push(`${page}: <${tag}> leads to ${link}`);
      continue;
    }
    if (link.startsWith('/')) {
      wrong.push(`${page}: ${link} is not relative, so it leads nowhere from a folder`);
      continue;
    }
    const [, path, , fragment] = /^([^?#]*)(\?[^#]*)?(?:#(.*))?$/s.exec(link);
    let target = page;
    try {
      if (path) target = posix.normalize(posix.join(posix.dirname(page), decodeURIComponent(path)));
      if (!all.has(target)) wrong.push(`${page}: ${link} leads to ${target}, which is not there`);
      else if (fragment && ids.has(target) && !ids.get(target).has(decodeURIComponent(fragment))) {
        wrong.push(`${page}: ${link} leads to an id that ${target} does not have`);
      }
    } catch {
      wrong.push(`${page}: ${link} is not a well-formed address`);
    }
  }
  return wrong;
}

// What a strict policy would refuse, on all pages.
export function inlined(folder) {
  const wrong = [];
  for (const page of pages(folder)) {
    for (const { tag, attributes } of elements(readFileSync(join(folder, page), 'utf8'))) {
      if (tag === 'style' || (tag === 'script' && !attributes.has('src'))) {
        wrong.push(`${page}: <${tag}> stands in the page`);
      }
      for (const name of attributes.keys()) {
        if (name === 'style' || /^on[a-z]/.test(name)) wrong.push(`${page}: <${tag} ${name}=…>`);
      }
    }
  }
  return wrong;
}
