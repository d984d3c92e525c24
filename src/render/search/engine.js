// Searches the index, whose scripts lie beside this one and are loaded as they are needed;
// `mod.rs` says what they hold. `gitsmSearch` takes what they hand over, and
// `gitsmSearch.find(query)` promises `{ how, total, results, marks }`. The box is `search.js`.
(() => {
  "use strict";

  // --- words, the same way as `search/words.rs` ---------------------------------------------

  const LONGEST = 40;
  const DENSE =
    "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u2e80-\\u2fdf\\u3005-\\u3007\\u3040-\\u312f" +
    "\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const RUN = /[\p{Alphabetic}\p{N}\p{M}]+/gu;
  const PIECE = new RegExp(`[${DENSE}]+|[^${DENSE}]+`, "gu");
  const IS_DENSE = new RegExp(`^[${DENSE}]`, "u");
  const CAMEL =
    /(?<=[\p{Lowercase}\p{N}])(?=\p{Uppercase})|(?<=\p{Uppercase})(?=\p{Uppercase}\p{Lowercase})/u;
  const SPELLED = new Map(Object.entries({
    ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ",
  }));

  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC");
  const lower = (text) =>
    text.toLowerCase().replace(/[ßæœøłđðþıς]/g, (letter) => SPELLED.get(letter));
  const short = (word) => (word.length > LONGEST ? [...word].slice(0, LONGEST).join("") : word);
  const whole = (text) => short((plain(text).match(RUN) || []).map(lower).join(""));

  // --- loading -------------------------------------------------------------------------------

  const folder = new URL(".", document.currentScript.src).href;
  let loading = new Map(); // name of a script -> promise of its value
  let fresh = ""; // asks for the manifest past the browser's cache
  const waiting = new Map(); // name -> what to do with its value
  const overHttp = location.protocol.startsWith("http");

  window.gitsmSearch = (name, sum, value) => {
    const arrived = waiting.get(name);
    if (arrived) arrived(sum, value);
  };

  const load = (name, sum, read) => {
    if (!loading.has(name)) {
      loading.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const done = (act) => {
          waiting.delete(name);
          script.remove();
          act();
        };
        const fail = () => done(() => {
          loading.delete(name); // it may be there the next time
          reject(new Error(`${name}.js cannot be loaded`));
        });
        waiting.set(name, (found, value) => {
          if (found === sum) done(() => resolve(read(value)));
          else fail();
        });
        script.onerror = fail;
        script.onload = () => waiting.has(name) && fail();
        const version = sum || fresh;
        script.src = `${folder}${name}.js${overHttp && version ? `?${version}` : ""}`;
        document.head.append(script);
      }));
    }
    return loading.get(name);
  };

  const manifest = () => load("manifest", "", (value) => {
    if (value.format !== "gitsm-search/1") throw new Error("the index has another format");
    return value;
  });

  // --- reading -------------------------------------------------------------------------------

  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

  // Terms, each `{ text, lists }`, the lists still written.
  const readTerms = (value) => {
    let last = "";
    return value.split(";").map((entry) => {
      const blank = entry.indexOf(" ");
      const end = blank < 0 ? entry.length : blank;
      last = last.slice(0, VALUES.get(entry[0])) + entry.slice(1, end);
      return { text: last, lists: blank < 0 ? [] : entry.slice(end + 1).split(",") };
    });
  };

  const eachNumber = (list, found) => {
    let next = 0;
    let value = 0;
    let shift = 0;
    for (const digit of list) {
      const bits = VALUES.get(digit);
      value += (bits % 32) * 2 ** shift;
      shift += 5;
      if (bits < 32) {
        found(next + value);
        next += value + 1;
        value = shift = 0;
      }
    }
  };

  // The shards in which terms that are (or begin with) a text stand.
  const shardsOf = (shards, text, isPrefix, most) => {
    let low = 0;
    let high = shards.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shards[middle][0] < text) low = middle + 1;
      else high = middle;
    }
    const found = shards.slice(Math.max(0, low - 1), low);
    for (let at = low; at < shards.length && found.length < most; at += 1) {
      const first = shards[at][0];
      if (first !== text && !(isPrefix && first.startsWith(text))) break;
      found.push(shards[at]);
    }
    return found;
  };

  const around = async (index, text, isPrefix) => {
    const most = isPrefix ? (text.length < 2 ? 3 : 12) : 1000;
    const shards = shardsOf(index.terms, text, isPrefix, most);
    const terms = await Promise.all(shards.map(([, name, sum]) => load(name, sum, readTerms)));
    return terms.flat();
  };

  const lookUp = async (index, text, isPrefix) =>
    (await around(index, text, isPrefix)).filter((term) =>
      term.text === text || (isPrefix && term.text.startsWith(text)));

  // --- mistyped words ------------------------------------------------------------------------

  // How many edits (one letter more, less, another, or two swapped) make one word of another, or
  // of its beginning.
  const distances = (typed, word, most) => {
    const columns = Math.min(word.length, typed.length + most);
    let beforeLast = [];
    let last = Array.from({ length: columns + 1 }, (_, column) => column);
    for (let row = 1; row <= typed.length; row += 1) {
      const now = [row];
      let best = row;
      for (let column = 1; column <= columns; column += 1) {
        const same = typed[row - 1] === word[column - 1];
        let cost = Math.min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
        if (row > 1 && column > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1]) {
          cost = Math.min(cost, beforeLast[column - 2] + 1);
        }
        now.push(cost);
        best = Math.min(best, cost);
      }
      if (best > most) return [Infinity, Infinity];
      beforeLast = last;
      last = now;
    }
    return [columns === word.length ? last[columns] : Infinity, Math.min(...last)];
  };

  const MOST_GUESSES = 6;

  // The words that somebody may have meant, as `{ text, penalty }`, the nearest first.
  const near = (typed, terms, most) => {
    const found = [];
    for (const { text } of terms) {
      if (text.length + most < typed.length || text === typed) continue;
      const [entire, beginning] = distances(typed, text, most);
      const distance = Math.min(entire, beginning + 0.5);
      if (Math.floor(distance) > most) continue;
      const unlike = (text[0] === typed[0] ? 0 : 0.25) + Math.abs(text.length - typed.length) / 100;
      found.push({ text, penalty: 10 * distance, order: distance + unlike });
    }
    found.sort((a, b) => a.order - b.order);
    const best = found.length ? Math.floor(found[0].penalty / 10) : 0;
    return found.filter(({ penalty }) => penalty < 10 * (best + 1)).slice(0, MOST_GUESSES);
  };

  const guesses = async (index, typed) => {
    const letters = [...typed].length;
    if (letters < 4 || /\p{N}/u.test(typed) || IS_DENSE.test(typed)) return [];
    const most = letters < 8 ? 1 : 2;
    const shards = await Promise.all(
      index.words.map(([, name, sum]) => load(name, sum, readTerms)));
    const found = near(typed, shards.flat(), most);
    // Names of several words, written as one, are not among the words: those beside it.
    return found.length ? found : near(typed, await around(index, typed, false), most);
  };

  // --- searching -----------------------------------------------------------------------------

  const SHOWN = 10;
  const PLACE_COST = [0, 2, 0, 2, 4]; // by whole name, whole title, name, title, words
  const MISSING = 100000;

  // What a query asks for: kinds it is restricted to, and its words.
  const understand = (query, kinds) => {
    const keys = new Set();
    const rest = [];
    for (const token of query.trim().split(/\s+/)) {
      const [, before, after] = /^([^:]+):(.*)$/.exec(token) || [null, "", token];
      const named = kinds.flatMap(([, of]) => of).filter((key) =>
        before && (key === whole(before) ||
          (whole(before) === "kind" && whole(after) && key.startsWith(whole(after)))));
      named.forEach((key) => keys.add(key));
      if (!named.length) rest.push(token);
      else if (whole(before) !== "kind") rest.push(after.replace(/^default\//, ""));
    }
    const words = [];
    for (const run of plain(rest.join(" ")).match(RUN) || []) {
      for (const piece of run.match(PIECE)) {
        if (IS_DENSE.test(piece)) {
          const letters = [...piece];
          const pairs = letters.slice(1).map((letter, at) => letters[at] + letter);
          for (const text of pairs.length ? pairs : letters) {
            words.push({ text, isPrefix: !pairs.length, parts: [] });
          }
        } else {
          const parts = piece.split(CAMEL).map((part) => short(lower(part)));
          words.push({ text: short(lower(piece)), isPrefix: true, parts: parts.length > 1 ? parts : [] });
        }
      }
    }
    // A short word with others behind it is finished; nearly everything begins with it.
    words.slice(0, -1).filter(({ text }) => text.length < 3).forEach((word) => { word.isPrefix = false; });
    return { keys: [...keys], words, joined: whole(rest.join(" ")) };
  };

  // Adds the documents of a term to a map from document to cost, the smallest of which stays.
  const addTo = (costs, term, penalty) => {
    term.lists.forEach((list, place) => {
      const cost = PLACE_COST[place] + penalty;
      eachNumber(list, (number) => {
        if (!(costs.get(number) <= cost)) costs.set(number, cost);
      });
    });
  };

  const costsOf = async (index, text, isPrefix) => {
    const costs = new Map();
    for (const term of await lookUp(index, text, isPrefix)) {
      addTo(costs, term, term.text === text ? 0 : 1);
    }
    return costs;
  };

  // Documents that hold a word, or all parts of one in camelCase.
  const holding = async (index, { text, isPrefix, parts }) => {
    const [costs, ...each] = await Promise.all([
      costsOf(index, text, isPrefix), ...parts.map((part) => costsOf(index, part, true))]);
    for (const [number, cost] of each.length ? each[0] : []) {
      const sum = each.slice(1).reduce((sum, other) => sum + other.get(number), cost);
      if (sum >= 0 && !costs.has(number)) costs.set(number, sum + 1);
    }
    return costs;
  };

  // Adds what somebody may have meant; the guesses are returned.
  const widen = async (index, { text }, costs) => {
    const found = await guesses(index, text);
    const terms = await Promise.all(found.map((guess) => lookUp(index, guess.text, false)));
    terms.forEach((same, at) => same.forEach((term) => {
      const more = new Map();
      addTo(more, term, found[at].penalty);
      for (const [number, cost] of more) if (!costs.has(number)) costs.set(number, cost);
    }));
    return found.map((guess) => guess.text);
  };

  // The sum of the costs of each document that has all words, or, if `some`, at least one.
  const combine = (all, some) => {
    const sums = new Map();
    for (const costs of some ? all : all.slice(0, 1)) {
      for (const number of costs.keys()) {
        let sum = 0;
        for (const each of all) sum += each.has(number) ? each.get(number) : MISSING;
        if (some || sum < MISSING) sums.set(number, sum);
      }
    }
    return sums;
  };

  // Documents whose whole name or title the query is, or begins: before all others.
  const wholes = async (index, joined) => {
    const ranks = new Map();
    for (const term of joined ? await lookUp(index, joined, true) : []) {
      const isExact = term.text === joined;
      term.lists.slice(0, 2).forEach((list, place) => eachNumber(list, (number) => {
        const rank = isExact ? place : 2;
        if (!(ranks.get(number) <= rank)) ranks.set(number, rank);
      }));
    }
    return ranks;
  };

  const within = async (index, keys, sums) => {
    if (!keys.length) return sums;
    const allowed = new Map();
    const lists = await Promise.all(keys.map((key) => lookUp(index, `:${key}`, false)));
    lists.flat().forEach((term) => addTo(allowed, term, 0));
    return new Map([...(sums || allowed)].filter(([number]) => allowed.has(number)));
  };

  const record = async (index, number) => {
    let first = 0;
    for (const [count, name, sum] of index.records) {
      if (number < first + count) {
        const [kind, path, title, longTitle] = (await load(name, sum, (value) => value))[number - first];
        return { kind, path, name: title, title: longTitle };
      }
      first += count;
    }
    throw new Error("the index does not fit together");
  };

  const search = async (query) => {
    const index = await manifest();
    const { keys, words, joined } = understand(query, index.kinds);
    if (!words.length && !keys.length) return { how: "nothing", total: 0, results: [], marks: [] };
    const marks = words.flatMap(({ text, parts }) => [text, ...parts]);
    let how = "all";
    let sums = null;
    const ranks = words.length ? await wholes(index, joined) : new Map();
    if (words.length) {
      const all = await Promise.all(words.map((word) => holding(index, word)));
      sums = combine(all, false);
      ranks.forEach((_, number) => sums.has(number) || sums.set(number, 0));
      sums = await within(index, keys, sums);
      if (!sums.size) {
        how = "near";
        const guessed = await Promise.all(words.map((word, at) => widen(index, word, all[at])));
        marks.push(...guessed.flat());
        sums = await within(index, keys, combine(all, false));
      }
      if (!sums.size) {
        how = "some";
        sums = await within(index, keys, combine(all, true));
      }
    } else {
      sums = await within(index, keys, null);
    }
    const score = ([number, sum]) => (ranks.has(number) ? ranks.get(number) : 3) * 1000 + sum;
    const order = [...sums].map((of) => [score(of), of[0]]);
    order.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const results = await Promise.all(order.slice(0, SHOWN).map(([, number]) => record(index, number)));
    return { how, total: order.length, results, marks };
  };

  window.gitsmSearch.ready = manifest;
  window.gitsmSearch.words = { plain, lower, IS_DENSE };

  // A site that was deployed while the page was open has other shards: once more from the start.
  window.gitsmSearch.find = async (query) => {
    try {
      return await search(query);
    } catch (error) {
      if (!overHttp) throw error;
      loading = new Map();
      fresh = String(Date.now());
      return search(query);
    }
  };
})();
