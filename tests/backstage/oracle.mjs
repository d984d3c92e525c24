#!/usr/bin/env node
// The verdict of Backstage's own packages on catalog files, one JSON object a document.
//
//   node oracle.mjs [--modules DIR] FILE...     ("-" reads file names from standard input)
//
// It follows what the catalog backend does with a file that it reads: split it into documents,
// resolve placeholders, enforce the entity policies, ask the kind validators. It reads local
// files only; whatever would need the network is "unjudged".

import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
let modules = dirname(fileURLToPath(import.meta.url));
const files = [];
for (let i = 0; i < args.length; i += 1) {
  if (args[i] === '--modules') modules = resolve(args[(i += 1)] ?? usage());
  else if (args[i] === '-') files.push(...readFileSync(0, 'utf8').split(/\r?\n/).filter(Boolean));
  else files.push(args[i]);
}
if (files.length === 0) usage();

const require = createRequire(join(modules, 'oracle.cjs'));
const model = require('@backstage/catalog-model');
const alpha = require('@backstage/catalog-model/alpha');
const { templateEntityV1beta3Validator } = require('@backstage/plugin-scaffolder-common');
const yaml = require('yaml');

function usage() {
  process.stderr.write('usage: oracle.mjs [--modules DIR] FILE... | -\n');
  process.exit(2);
}

// A remote or missing placeholder target: Backstage might accept or refuse, we cannot know.
class Unjudged extends Error {}

const policy = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
]);

const mainValidators = [
  model.componentEntityV1alpha1Validator,
  model.domainEntityV1alpha1Validator,
  model.groupEntityV1alpha1Validator,
  model.locationEntityV1alpha1Validator,
  model.resourceEntityV1alpha1Validator,
  model.systemEntityV1alpha1Validator,
  model.userEntityV1alpha1Validator,
];

const aiValidators = new Map([
  ['skill', alpha.skillAiResourceEntityV1alpha1Validator],
  ['rule', alpha.ruleAiResourceEntityV1alpha1Validator],
  ['plugin', alpha.pluginAiResourceEntityV1alpha1Validator],
  ['marketplace', alpha.marketplaceAiResourceEntityV1alpha1Validator],
]);

// Accepts when one validator does. `check` throws for an entity of its kind that is wrong, and
// answers false for one that is not of its kind or version.
async function acceptedByKind(entity) {
  const type = entity.spec?.type;
  const isMcp = entity.kind === 'API' && type === 'mcp-server';
  const validators = [
    isMcp ? alpha.mcpServerApiEntityValidator : model.apiEntityV1alpha1Validator,
    ...mainValidators,
    templateEntityV1beta3Validator,
  ];
  for (const validator of validators) {
    if (await validator.check(entity)) return true;
  }
  if (!(await alpha.aiResourceEntityV1alpha1Validator.check(entity))) return false;
  const special = aiValidators.get(type);
  return special ? special.check(entity) : true;
}

function isPlainObject(value) {
  return Object.prototype.toString.call(value) === '[object Object]';
}

const resolvers = {
  $text: text => text,
  $json: text => JSON.parse(text),
  $yaml: text => {
    const documents = yaml.parseAllDocuments(text).filter(d => d);
    if (documents.length !== 1) {
      throw new Error(`expected exactly one document, found ${documents.length}`);
    }
    if (documents[0].errors.length > 0) throw documents[0].errors[0];
    return documents[0].toJSON();
  },
};

// As the PlaceholderProcessor walks: an object with a `$` key among several is left alone, and
// so is everything in it; what a placeholder brings in is not searched again.
function fillPlaceholders(value, folder) {
  if (Array.isArray(value)) return value.map(item => fillPlaceholders(item, folder));
  if (!isPlainObject(value)) return value;
  const keys = Object.keys(value);
  if (!keys.some(key => key.startsWith('$'))) {
    return Object.fromEntries(keys.map(key => [key, fillPlaceholders(value[key], folder)]));
  }
  const [key] = keys;
  const target = value[key];
  const known = keys.length === 1 && Object.hasOwn(resolvers, key);
  if (!known || typeof target !== 'string') return value;
  const text = readBeside(key, target, folder);
  try {
    return resolvers[key](text);
  } catch (error) {
    throw new Error(`Placeholder ${key} failed on ${target}, ${error.message}`);
  }
}

function readBeside(key, target, folder) {
  if (URL.canParse(target)) throw new Unjudged(`Placeholder ${key} is remote: ${target}`);
  // Backstage reads a leading slash as the root of the repository, which is unknown here.
  if (isAbsolute(target)) throw new Unjudged(`Placeholder ${key} is absolute: ${target}`);
  const path = resolve(folder, target);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new Unjudged(`Placeholder ${key} has no file: ${target}`);
  }
  return readFileSync(path, 'utf8');
}

function canonicalRef(entity) {
  const { kind } = entity;
  const { name, namespace = 'default' } = isPlainObject(entity.metadata) ? entity.metadata : {};
  const whole = [kind, namespace, name].every(part => typeof part === 'string' && part !== '');
  return whole ? model.stringifyEntityRef({ kind, namespace, name }) : '';
}

async function judge(json, path) {
  if (!isPlainObject(json)) {
    return { verdict: 'invalid', error: `Expected object at root, got ${typeof json}` };
  }
  try {
    const entity = await policy.enforce(fillPlaceholders(json, dirname(path)));
    if (await acceptedByKind(entity)) return { verdict: 'valid', error: '' };
    return { verdict: 'invalid', error: 'No processor recognized the entity' };
  } catch (error) {
    const verdict = error instanceof Unjudged ? 'unjudged' : 'invalid';
    return { verdict, error: firstLine(error) };
  }
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}

async function* verdictsOf(path) {
  // The same call as in Backstage's parseEntityYaml: YAML 1.2, no merge keys, and the default
  // uniqueKeys, which makes a duplicate key an error.
  const documents = yaml.parseAllDocuments(readFileSync(path).toString('utf8'), { merge: false });
  let doc = 0;
  for (const document of [...documents].filter(d => d)) {
    let json;
    let failure = document.errors[0];
    try {
      json = failure ? undefined : document.toJSON();
    } catch (error) {
      failure = error; // an alias without anchor, or too many of them
    }
    if (!failure && json === null) continue; // empty, as after a last "---"
    const kind = typeof json?.kind === 'string' ? json.kind : '';
    const ref = isPlainObject(json) ? canonicalRef(json) : '';
    const outcome = failure
      ? { verdict: 'invalid', error: firstLine(failure) }
      : await judge(json, path);
    yield { path, doc, kind, ref, ...outcome };
    doc += 1;
  }
}

let unreadable = 0;
for (const path of files) {
  try {
    for await (const line of verdictsOf(path)) process.stdout.write(`${JSON.stringify(line)}\n`);
  } catch (error) {
    unreadable += 1;
    process.stderr.write(`${path}: ${firstLine(error)}\n`);
  }
}
process.exitCode = unreadable > 0 ? 2 : 0;
