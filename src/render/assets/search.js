// The search box: a combobox over `search/engine.js`, which is loaded when the box is focused
// for the first time. Texts of the catalog only ever become text nodes.
(() => {
  "use strict";

  let root = "";
  let engine = null;

  // The engine, once it is there.
  const load = () => {
    engine = engine || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = () => resolve(window.gitsmSearch);
      script.onerror = () => {
        engine = null;
        script.remove();
        reject(new Error("search/engine.js cannot be loaded"));
      };
      script.src = `${root}search/engine.js`;
      document.head.append(script);
    });
    return engine;
  };

  // A text in which what was looked for stands in <mark>.
  const marked = (text, marks) => {
    const { plain, lower, IS_DENSE } = window.gitsmSearch.words;
    const letters = [...text];
    const folded = [];
    const from = [];
    letters.forEach((letter, at) => {
      for (const unit of lower(plain(letter))) {
        folded.push(unit);
        from.push(at);
      }
    });
    const isMarked = new Set();
    const isPart = (at) => at > 0 && /[\p{L}\p{N}]/u.test(letters[at - 1]) &&
      !(/\p{Uppercase}/u.test(letters[at]));
    for (const mark of marks) {
      const units = [...mark];
      for (let at = 0; at + units.length <= folded.length; at += 1) {
        if (units.every((unit, next) => folded[at + next] === unit) &&
          (IS_DENSE.test(mark) || !isPart(from[at]))) {
          units.forEach((_, next) => isMarked.add(from[at + next]));
        }
      }
    }
    const parts = document.createDocumentFragment();
    for (let at = 0; at < letters.length;) {
      const inside = isMarked.has(at);
      let end = at;
      while (end < letters.length && isMarked.has(end) === inside) end += 1;
      const piece = document.createTextNode(letters.slice(at, end).join(""));
      if (inside) {
        const mark = document.createElement("mark");
        mark.append(piece);
        parts.append(mark);
      } else {
        parts.append(piece);
      }
      at = end;
    }
    return parts;
  };

  const address = (path) => root + path.split("/").map(encodeURIComponent).join("/");

  const span = (name, content) => {
    const element = document.createElement("span");
    element.className = name;
    element.append(content);
    return element;
  };

  const option = (result, marks, at) => {
    const link = document.createElement("a");
    link.id = `search-result-${at}`;
    link.className = "search-result";
    link.href = address(result.path);
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    link.append(span("search-kind", result.kind), " ");
    link.append(span("search-title", marked(result.title || result.name, marks)));
    if (result.title) link.append(" ", span("search-name", marked(result.name, marks)));
    return link;
  };

  const sentence = ({ how, total, results }) => {
    if (how === "nothing") return "";
    if (total === 0) return "Nothing found";
    const count = total === 1 ? "1 result" : `${total} results`;
    const first = total > results.length ? `, the first ${results.length} shown` : "";
    if (how === "near") return `${count} for similar words${first}`;
    if (how === "some") return `No page has all of these words; ${count} for some of them${first}`;
    return count + first;
  };

  const start = (box) => {
    const input = box.querySelector("input");
    const list = box.querySelector("[role=listbox]");
    const status = box.querySelector("[role=status]");
    let turn = 0;
    let isCurrent = Promise.resolve(); // settled once what was typed last is shown
    let active = -1;
    root = box.dataset.root || "";

    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
    };
    const choose = (at) => {
      [...list.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === at)));
      active = at;
      const chosen = list.children[at];
      if (!chosen) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", chosen.id);
      return chosen.scrollIntoView({ block: "nearest" });
    };
    const show = ({ results, marks, ...rest }) => {
      list.replaceChildren(...results.map((result, at) => option(result, marks, at)));
      status.textContent = sentence({ results, ...rest });
      choose(-1);
      list.hidden = results.length === 0;
      input.setAttribute("aria-expanded", String(results.length > 0));
    };
    const update = async () => {
      const mine = (turn += 1);
      try {
        const { find } = await load();
        const found = await find(input.value);
        if (mine === turn) show(found);
      } catch (error) {
        if (mine !== turn) return;
        list.replaceChildren();
        close();
        status.textContent = "Search does not work just now: a part of it is missing. Reload the page, or use the lists.";
      }
    };
    const move = (by) => {
      const count = list.children.length;
      if (!count) return;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      // Past either end the text itself is active again.
      choose(((active + 1 + by + count + 1) % (count + 1)) - 1);
    };
    const keys = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: async () => {
        await isCurrent;
        const chosen = list.children[Math.max(active, 0)];
        if (chosen) chosen.click();
      },
      Escape: () => {
        if (list.hidden) {
          input.value = "";
          status.textContent = "";
          list.replaceChildren();
        }
        close();
      },
    };

    input.addEventListener("focus", () => {
      load().then(({ ready }) => ready()).catch(() => {}); // said when something is typed
      if (input.value) isCurrent = update();
    });
    input.addEventListener("input", () => { isCurrent = update(); });
    input.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    box.addEventListener("focusout", (event) => {
      if (!box.contains(event.relatedTarget)) close();
    });
    document.addEventListener("keydown", (event) => {
      const busy = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || busy || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  };

  const box = document.querySelector("[data-search]");
  if (box) start(box);
})();
