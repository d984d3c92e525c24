// Small sites to check the checks with: a good one, and the same with one fault each.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { few } from './documents.mjs';
import { temporary } from './site.mjs';

const project = join(import.meta.dirname, '../..');
const asset = (name) => readFileSync(join(project, 'src/render', name), 'utf8');

// Writes the index of documents below a folder, by the program's own code.
export function writeIndex(documents, folder) {
  const list = join(mkdtempSync(temporary()), 'documents.json');
  writeFileSync(list, JSON.stringify(documents));
  const said = execFileSync('cargo', [
    'test', '--quiet', '--locked', '--test', 'it', 'search::writes_an_index', '--',
    '--ignored', '--exact', '--nocapture',
  ], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, GITSM_SEARCH_DOCUMENTS: list, GITSM_SEARCH_OUT: folder },
  });
  rmSync(dirname(list), { recursive: true });
  return /^.*documents.*files.*$/m.exec(said)?.[0] ?? '';
}

export const searchBox = (root) =>
  asset('templates/search.html').replace(/\{#[\s\S]*?#\}/g, '').replaceAll('{{ root }}', root);

const CSS = `
:root { color-scheme: light dark; --text: #1b1f24; --surface: #ffffff; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --surface: #14171c; --focus: #a8c7fa; } }
body { margin: 0 1rem; font: 1rem/1.5 "DejaVu Sans", sans-serif; color: var(--text); background: var(--surface); }
a { color: inherit; } :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; } .skip:focus { left: 1rem; top: 0; background: var(--surface); }
li { margin: 0.5rem 0; overflow-wrap: anywhere; } a, button, input { min-height: 1.5rem; }
nav a { display: inline-block; padding: 0.5rem; }
@media print { nav, .skip { display: none; } }
`;

const RUNBOOK = `<main id="content" data-runbook="runbook/restart-checkout"><h1>Restart checkout</h1>
<p><label>Host <input data-parameter="host"></label></p>
<ol class="steps">
<li><label><input type="checkbox"> Stop it</label> <code data-template="systemctl stop {{ host }}">systemctl stop {{ host }}</code> <button type="button" class="copy">Copy</button></li>
<li><label><input type="checkbox"> Start it</label> <code data-template="systemctl start {{ host }}">systemctl start {{ host }}</code> <button type="button" class="copy">Copy</button></li>
</ol></main>`;

const SCRIPT = `(() => {
  const main = document.querySelector('main[data-runbook]');
  if (!main) return;
  const key = 'gitsm:' + main.dataset.runbook;
  const state = JSON.parse(localStorage.getItem(key) || '{"done":{},"parameters":{}}');
  const save = () => localStorage.setItem(key, JSON.stringify(state));
  const fill = () => main.querySelectorAll('code[data-template]').forEach((code) => {
    code.textContent = code.dataset.template.replace(/\\{\\{ (\\w+) \\}\\}/g, (all, name) => state.parameters[name] || all);
  });
  main.querySelectorAll('input[type=checkbox]').forEach((box, at) => {
    box.checked = Boolean(state.done[at]);
    box.addEventListener('change', () => { state.done[at] = box.checked; save(); });
  });
  main.querySelectorAll('input[data-parameter]').forEach((input) => {
    input.value = state.parameters[input.dataset.parameter] || '';
    input.addEventListener('input', () => { state.parameters[input.dataset.parameter] = input.value; save(); fill(); });
  });
  main.querySelectorAll('button.copy').forEach((button) => button.addEventListener('click', () =>
    navigator.clipboard.writeText(button.closest('li').querySelector('code').textContent)));
  fill();
})();`;

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

export const html = (path, title, main) => {
  const root = '../'.repeat(path.split('/').length - 1);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${root}site.css"><script src="${root}search.js" defer></script><script src="${root}site.js" defer></script></head>
<body><a class="skip" href="#content">Skip to the content</a>
<header>${searchBox(root)}<nav aria-label="Site"><a href="${root}index.html">Home</a> <a href="${root}service/index.html">Services</a></nav></header>
${main}</body></html>
`;
};

// The site without faults, made once.
let made = null;
function good() {
  if (made) return made;
  made = mkdtempSync(temporary());
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  writeIndex(few, made);
  writeFileSync(join(made, 'site.css'), asset('assets/search.css') + CSS);
  writeFileSync(join(made, 'search.js'), asset('assets/search.js'));
  writeFileSync(join(made, 'site.js'), SCRIPT);
  const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const write = (path, title, main) => {
    mkdirSync(dirname(join(made, path)), { recursive: true });
    writeFileSync(join(made, path), html(path, escape(title), main));
  };
  const list = (from) => few.map(({ path, name }) =>
    `<li><a href="${from}${path}">${escape(name)}</a></li>`).join('\n');
  const shown = ({ name, title, words }) =>
    `<main id="content"><h1>${escape(title ?? name)}</h1><p>${escape(words)}</p></main>`;
  write('index.html', 'Home', `<main id="content"><h1>Home</h1><ul>${list('')}</ul></main>`);
  write('service/index.html', 'Services', `<main id="content"><h1>Services</h1><ul>${list('../')}</ul></main>`);
  for (const one of few) {
    write(one.path, one.title ?? one.name, one.kind === 'Runbook' ? RUNBOOK : shown(one));
  }
  return made;
}

// Writes the good site, or one with a fault.
export function fixture(folder, fault = null) {
  cpSync(good(), folder, { recursive: true });
  fault?.spoil((path, from, to) => {
    const file = join(folder, path);
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
    writeFileSync(file, text.replace(from, to));
  }, folder);
}

const H1 = '<h1>Home</h1>';

// What can be wrong with a site, and (a part of) the name of the check that must say so.
export const faults = {
  'a link to nothing': { check: 'links lead', spoil: (put) => put('index.html', H1, `${H1}<a href="gone.html">Gone</a>`) },
  'a link to no id': { check: 'links lead', spoil: (put) => put('index.html', H1, `${H1}<a href="service/index.html#gone">Gone</a>`) },
  'an inline style': { check: 'nothing is inline', spoil: (put) => put('index.html', H1, '<h1 style="color:red">Home</h1>') },
  'a broken policy': { check: 'from a folder are quiet', spoil: (put) => put('index.html', H1, `${H1}<script>void 0</script>`) },
  'a request to elsewhere': { check: 'from a server are quiet', spoil: (put) => {
    put('index.html', "img-src 'self'", "img-src 'self' http://127.0.0.1:9");
    put('index.html', H1, `${H1}<img alt="" src="http://127.0.0.1:9/pixel.png">`);
  } },
  'an error in a script': { check: 'from a folder are quiet', spoil: (put) => put('site.js', 'const main', 'gone(); const main') },
  'an image without text': { check: 'axe: light, phone', spoil: (put, folder) => {
    writeFileSync(join(folder, 'x.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    put('index.html', H1, `${H1}<img src="x.svg">`);
  } },
  'grey on grey': { check: 'axe: dark, desk', spoil: (put) => put('site.css', '--text: #e6e9ee', '--text: #444444') },
  'no dark mode': { check: 'dark is dark', spoil: (put) => put('site.css', '--surface: #14171c', '--surface: #ffffff') },
  'a wide table': { check: 'sideways', spoil: (put) => put('site.css', 'li {', 'li { width: 40rem;') },
  'a late image': { check: 'nothing moves', spoil: (put) => put('site.js', '(() => {', "(() => { setTimeout(() => { const box = document.createElement('p'); box.textContent = 'late'; document.querySelector('main').prepend(box); }, 100);") },
  'a large script': { check: 'first page', spoil: (put) => put('site.js', '(() => {', `// ${Array.from({ length: 40000 }, (_, at) => (at * at * 7919 % 1000003).toString(36)).join('')}\n(() => {`) },
  'no skip link': { check: 'keyboard', spoil: (put) => put('index.html', 'class="skip"', 'hidden class="skip"') },
  'a focus that does not show': { check: 'keyboard', spoil: (put) => put('site.css', ':focus-visible {', '*:focus { outline: none !important } :focus-visible {') },
  'a printed navigation': { check: 'print', spoil: (put) => put('site.css', '@media print { nav, .skip', '@media print { .skip') },
  'an index without a shard': { check: 'search works from a folder', spoil: (_, folder) => {
    const [shard] = readdirSync(join(folder, 'search')).filter((name) => name.startsWith('t'));
    rmSync(join(folder, 'search', shard));
  } },
  'a runbook that forgets': { check: 'runbook can be followed from a folder', spoil: (put) => put('site.js', 'const save = () =>', 'const save = () => 0 &&') },
  'a copy of something else': { check: 'runbook can be followed from a server', spoil: (put) => put('site.js', '.textContent)));', '.dataset.template)));') },
  'a parameter that is not filled in': { check: 'runbook can be followed from a folder', spoil: (put) => put('site.js', 'save(); fill(); }', 'save(); }') },
  'a canary that sings': { check: 'canary: nothing sings on', spoil: (put) => put('index.html', H1, `${H1}<svg onload="canary()"></svg>`) },
  'a link that runs': { check: 'canary: nothing sings on', spoil: (put) => put('index.html', H1, `${H1}<a href="javascript:canary()">x</a>`) },
  'a template in a template': { check: 'canary: nothing sings on', spoil: (put) => put('index.html', H1, `${H1}<p>49</p>`) },
};

