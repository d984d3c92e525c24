// What pages do beyond being read. Classic script, no library; without it every page still reads.
(() => {
  "use strict";

  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));

  // The browser may keep nothing, for example in a private window.
  const memory = {
    read(key) {
      try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
    },
    write(key, value) {
      try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* it is forgotten */ }
    },
    forget(key) {
      try { localStorage.removeItem(key); } catch { /* nothing to forget */ }
    },
  };

  const copied = (button, text) => {
    const done = (word) => {
      const before = button.dataset.word || button.textContent;
      button.dataset.word = before;
      button.textContent = word;
      setTimeout(() => { button.textContent = before; }, 1500);
    };
    const select = () => {
      // `file://` is no secure context everywhere: the text is selected instead, for Ctrl+C.
      const target = button.parentElement.querySelector("code");
      if (!target) return;
      const range = document.createRange();
      range.selectNodeContents(target);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done(document.execCommand && document.execCommand("copy") ? "Copied" : "Selected");
    };
    if (navigator.clipboard && isSecureContext) {
      navigator.clipboard.writeText(text).then(() => done("Copied"), select);
    } else {
      select();
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button.copy");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    if (code) copied(button, code.textContent.trim());
  });

  // A runbook: steps stay ticked, parameters are filled into the commands.
  const runbook = document.querySelector("main[data-runbook]");
  if (runbook) {
    const key = `gitsm:${runbook.dataset.runbook}`;
    const state = Object.assign({ done: {}, given: {} }, memory.read(key));
    const boxes = all(".steps input[type=checkbox]", runbook);
    const bar = runbook.querySelector(".progress progress");
    const words = runbook.querySelector(".progress [role=status]");
    const show = () => {
      const done = boxes.filter((box) => box.checked).length;
      for (const box of boxes) box.closest("li").classList.toggle("done", box.checked);
      if (bar) bar.value = done;
      if (words) words.textContent = `${done} of ${boxes.length} done`;
    };
    for (const box of boxes) {
      box.checked = state.done[box.id] === true;
      box.addEventListener("change", () => {
        state.done[box.id] = box.checked;
        memory.write(key, state);
        show();
      });
    }
    const inputs = all("input[data-parameter]", runbook);
    const fill = () => {
      const values = {};
      for (const input of inputs) values[input.dataset.parameter] = input.value.trim();
      for (const code of all("code[data-template]", runbook)) {
        const parts = code.dataset.template.split(/(\{\{\s*[A-Za-z_][\w.-]*\s*\}\})/);
        const nodes = parts.map((part) => {
          const name = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(part);
          const value = name && Object.hasOwn(values, name[1]) ? values[name[1]] : "";
          if (!value) return document.createTextNode(part);
          const span = document.createElement("span");
          span.className = "filled";
          span.textContent = value;
          return span;
        });
        // What reads the same stays as it is, so that nothing moves when the page is opened.
        if (nodes.map((node) => node.textContent).join("") === code.textContent) continue;
        code.replaceChildren(...nodes);
      }
    };
    for (const input of inputs) {
      const before = state.given[input.dataset.parameter];
      if (typeof before === "string") input.value = before;
      input.addEventListener("input", () => {
        state.given[input.dataset.parameter] = input.value;
        memory.write(key, state);
        fill();
      });
    }
    const again = runbook.querySelector("button[data-again]");
    if (again) {
      again.addEventListener("click", () => {
        state.done = {};
        memory.forget(key);
        memory.write(key, state);
        for (const box of boxes) box.checked = false;
        show();
      });
    }
    fill();
    show();
  }

  // What holds now: pages are made once and read for days.
  const now = Date.now();
  for (const item of all("[data-from][data-until]")) {
    const from = Date.parse(item.dataset.from);
    const until = Date.parse(item.dataset.until);
    if (from <= now && now < until) item.classList.add("now");
    if (until <= now) item.classList.add("past");
  }

  // Long lists are narrowed as one types.
  for (const input of all("input[data-filters]")) {
    const table = document.getElementById(input.dataset.filters);
    if (!table) continue;
    const rows = all("tbody tr", table).map((row) => [row, row.textContent.toLowerCase()]);
    const count = document.getElementById(`${input.dataset.filters}-count`);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        const fits = words.every((word) => text.includes(word));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      if (count) count.textContent = `${shown} of ${rows.length}`;
    });
  }
})();
