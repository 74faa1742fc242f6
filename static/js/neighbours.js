/* From a list to its records and back: the breadcrumb leads to the list as it was
   searched, and the rows before and after are a click away, those of other pages too.
   Kept as long as the tab. */
(() => {
  "use strict";

  const keyOf = (path) => `list:${path}`;

  /* What a page of a list says: its rows, and where the pages beside it are. */
  const keep = (page, { pathname, search }) => {
    const table = page.querySelector("#results .rows[data-total]");
    const rows = [...(table?.querySelectorAll(".row-link") || [])].map((link) => link.pathname);
    const leading = (rel) => page.querySelector(`#results .pager a[rel="${rel}"]`)?.getAttribute("href");
    const isPart = Number(table?.dataset.total) !== rows.length;
    const kept = { search, rows, isPart, before: leading("prev"), after: leading("next") };
    if (rows.length) sessionStorage.setItem(keyOf(pathname), JSON.stringify(kept));
    return rows;
  };

  crm.each("#results .rows[data-total]", (table) => {
    if (!table.closest("#tab-panel")) keep(document, window.location);
  });

  /* Beyond the first or last row of a page: its neighbour is read, then its row opened. */
  const turn = async (address, isNext) => {
    try {
      const answer = await crm.ask(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const rows = keep(page, new URL(address, window.location));
      window.location.assign(rows.at(isNext ? 0 : -1) || address);
    } catch (error) {
      crm.tell([crm.failure(crm.wordsOf(error), () => turn(address, isNext))]);
    }
  };

  const step = (path, page, words, sign) => {
    const made = document.createElement(path || page ? "a" : "span");
    if (path || page) made.href = path || page;
    if (!path && page) {
      made.addEventListener("click", (event) => {
        event.preventDefault();
        turn(page, sign === "›");
      });
    }
    made.textContent = sign;
    made.title = words;
    made.setAttribute("aria-label", words);
    return made;
  };

  crm.each(".crumb [data-list]", (link) => {
    const stored = sessionStorage.getItem(keyOf(link.pathname));
    const kept = stored ? JSON.parse(stored) : { rows: [] };
    const { rows } = kept;
    const place = rows.indexOf(window.location.pathname);
    if (place < 0) return;
    link.search = kept.search;
    const pageOf = (address) => address && new URL(address, link.href).href;
    const beside = document.createElement("span");
    beside.className = "beside";
    beside.append(
      step(rows[place - 1], place === 0 && pageOf(kept.before), crm.texts.before, "‹"),
      ` ${kept.isPart ? crm.texts.ofPage : ""} ${place + 1} / ${rows.length} `,
      step(rows[place + 1], pageOf(kept.after), crm.texts.after, "›"),
    );
    link.parentElement.append(beside);
  });
})();
