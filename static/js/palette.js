/* Ctrl+K: everywhere one can go. Pages and what one can begin come from the page that
   lists them, once; records from the search of everything. Before anything is typed,
   the records that one has seen last stand first. */
(() => {
  "use strict";

  const PAUSE = 250; // milliseconds without a key until records are searched
  const MOST = 12;
  const MOST_RECENT = 7;

  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const box = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  let pages = [];
  let records = [];
  let recent = [];
  let chosen = 0;
  let timer;
  let asked = 0;
  let failure = null;

  /* Ask for something; why there is none stands below what there is. */
  const attempt = async (read, again) => {
    const end = crm.wait(list);
    try {
      const found = await read();
      failure = null;
      return found;
    } catch (error) {
      failure = crm.failure(crm.wordsOf(error), again);
      return null;
    } finally {
      end();
    }
  };

  const read = async (address, selector) => {
    const answer = await crm.ask(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) return [];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll(selector)].map((row) => {
      const link = row.querySelector("a");
      const note = row.querySelector(".beside");
      const words = row.dataset.words || "";
      return { label: link.textContent, url: link.getAttribute("href"),
        note: note ? note.textContent.trim() : "", words };
    });
  };

  const option = ({ label, url, note }, at) => {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(at === chosen));
    row.id = `palette-${at}`;
    row.dataset.url = url;
    const name = document.createElement("span");
    name.textContent = label;
    const beside = document.createElement("span");
    beside.className = "beside";
    beside.textContent = note;
    row.append(name, " ", beside);
    return row;
  };

  const draw = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ words: all }) => words.every((word) => all.includes(word));
    const first = words.length ? [] : recent;
    const shown = [...first, ...pages.filter(fits), ...records].slice(0, MOST);
    chosen = Math.max(0, Math.min(chosen, shown.length - 1));
    list.replaceChildren(...shown.map(option));
    if (!shown.length && box.value && !failure) list.textContent = crm.texts.noResults;
    dialog.querySelector("[data-failure]")?.remove();
    if (failure) list.after(failure);
    const active = list.querySelector('[aria-selected="true"]');
    if (active) box.setAttribute("aria-activedescendant", active.id);
    else box.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  };

  const search = async () => {
    const turn = ++asked;
    const text = box.value.trim();
    const query = new URLSearchParams({ q: text });
    const found = text
      ? await attempt(() => read(`${dialog.dataset.search}?${query}`, "#results li[data-id]"), search)
      : [];
    if (turn !== asked) return; // what was typed since is searched by itself
    records = found || [];
    draw();
  };

  const open = async () => {
    box.value = "";
    records = [];
    chosen = 0;
    dialog.showModal();
    box.setAttribute("aria-expanded", "true");
    await begin();
  };

  const begin = async () => {
    const { source, recent: seen } = dialog.dataset;
    const both = () => Promise.all([
      read(seen, "[data-card=seen] li[data-id]"),
      pages.length ? pages : read(source, "#commands > li"),
    ]);
    const [found, all] = (await attempt(both, begin)) || [recent, pages];
    const isElsewhere = ({ url }) => url !== window.location.pathname;
    recent = found.filter(isElsewhere).slice(0, MOST_RECENT);
    pages = all;
    draw();
  };

  const go = (row) => {
    if (!row) return;
    dialog.close();
    window.location.assign(row.dataset.url);
  };

  box.addEventListener("input", () => {
    chosen = 0;
    records = [];
    draw();
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });

  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      chosen += step;
      draw();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      go(list.querySelector('[aria-selected="true"]'));
    }
  });

  dialog.addEventListener("close", () => box.setAttribute("aria-expanded", "false"));

  list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    if (event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
})();
