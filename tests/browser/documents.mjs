// Documents to search: a few that show something each, and many with names as catalogs have them.

const service = (name, words = '', weight = 1, title = undefined) =>
  ({ path: `service/${name}.html`, kind: 'Service', name, title, words, weight });

export const few = [
  service('checkout', 'team-payments tier-1 Takes the order and the money', 9, 'Checkout'),
  service('checkout-api', 'team-payments', 3),
  service('checkouts-archive', 'team-data old orders', 0),
  service('eu-checkout', 'team-payments', 5),
  service('paymentGateway', 'team-payments card acquirer', 4),
  service('payments_ledger.v2', 'team-finance', 2, 'Ledger of payments'),
  service('postgres-main', 'team-data database PostgreSQL primary', 8),
  service('postgres-replica', 'team-data database', 8),
  service('identity', 'team-iam login, checkout of sessions', 9, 'Identity and access'),
  service('tokyo', '東京都の決済サービス', 1, '東京決済'),
  service('uberweisung', 'Überweisungen nach Straße und Café', 1, 'Überweisung'),
  { path: 'runbook/restart-checkout.html', kind: 'Runbook', name: 'restart-checkout',
    title: 'Restart checkout', words: 'team-payments', weight: 1 },
  { path: 'ci/host-01.html', kind: 'Configuration item', name: 'host-01', words: 'rack 7', weight: 1 },
];

const AREAS = ('checkout billing catalog shipping identity search pricing inventory payments ' +
  'reporting messaging onboarding fraud loyalty returns media ledger invoice customer tax voucher ' +
  'warehouse supplier delivery tracking recommendation campaign newsletter subscription refund ' +
  'settlement reconciliation forecast procurement contract document signature archive telemetry ' +
  'alerting incident directory password session consent privacy translation currency calendar').split(' ');
const ROLES = ('api worker db frontend gateway cache queue exporter batch proxy scheduler importer ' +
  'adapter broker indexer renderer validator bridge monitor replica').split(' ');
const REGIONS = ['eu', 'us', 'apac', 'de', 'uk', 'fr', 'jp'];
const TEAMS = AREAS.map((area) => `team-${area}`);
const VERBS = ('stores sends receives computes checks plans prints translates archives compares ' +
  'collects publishes').split(' ');
const THINGS = ('orders invoices customers shipments sessions prices stock refunds notifications ' +
  'contracts images events tokens certificates backups metrics').split(' ');
const SYLLABLES = ('ba be bi bo da de di do fa fe ga go ha ka ke ki ko la le li lo ma me mi mo na ne ' +
  'ni no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi zu').split(' ');

// Splitmix-like numbers: the same documents everywhere.
function* numbers(seed) {
  let state = seed >>> 0;
  for (;;) {
    state = (state + 0x9e3779b9) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
    value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
    yield (value ^ (value >>> 15)) >>> 0;
  }
}

// As many documents as wanted: services, components, hosts and people.
export function many(count) {
  const random = numbers(1);
  const below = (limit) => random.next().value % limit;
  const one = (list) => list[below(list.length)];
  const invented = () => Array.from({ length: 2 + below(2) }, () => one(SYLLABLES)).join('');
  const documents = [];
  for (let at = 0; at < count; at += 1) {
    const words = `${one(TEAMS)} tier-${1 + below(4)} ${one(AREAS)} ${one(THINGS)}. It ${one(VERBS)} ` +
      `${one(THINGS)} and ${one(VERBS)} ${one(THINGS)} for ${one(AREAS)}, in ${one(REGIONS)}.`;
    let [kind, folder] = ['Component', 'component'];
    let name = `${one(AREAS)}-${one(ROLES)}-${one(REGIONS)}-${invented()}`;
    let title;
    if (at % 10 < 2) {
      [kind, folder] = ['Configuration item', 'ci'];
      name = `srv-${one(REGIONS)}-${one(AREAS)}-${String(at).padStart(5, '0')}`;
    } else if (at % 10 === 2) {
      [kind, folder] = ['User', 'user'];
      name = `${invented()}.${invented()}`;
      title = name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()).replace('.', ' ');
    } else if (at % 10 < 5) {
      [kind, folder] = ['Service', 'service'];
      name = `${one(AREAS)}-${invented()}`;
      title = `${name[0].toUpperCase()}${name.slice(1).replace('-', ' ')} platform`;
    }
    documents.push({ path: `${folder}/${name}-${at}.html`, kind, name: `${name}-${at}`, title, words,
      weight: kind === 'Service' ? below(5) * 10 : below(3) });
  }
  return documents;
}

// Fifty queries as people type them: names, beginnings, typos, several words, kinds.
export function queries(documents) {
  const at = (turn) => documents[(turn * 197 + 31) % documents.length];
  const found = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const { name, kind, words } = at(turn);
    const word = name.split(/[-.]/)[0];
    const plain = AREAS[(turn * 7) % AREAS.length];
    const typo = plain.slice(0, 2) + plain[3] + plain[2] + plain.slice(4);
    found.push([
      name, word.slice(0, 4), typo, `${word} ${words.split(' ')[2]}`, plain.slice(1),
      `${kind.toLowerCase().replace(/ /g, '')}:${word}`, plain, `${plain} ${ROLES[turn % 20]} eu`,
      word.slice(0, 2), 'reconcilaition',
    ][turn % 10]);
  }
  return found;
}
