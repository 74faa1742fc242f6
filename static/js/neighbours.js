/* From a list to its records and back: the breadcrumb leads to the list as it was
   searched, and the rows before and after are a click away. Kept as long as the tab. */
(() => {
  "use strict";

  const keyOf = (path) => `list:${path}`;

  crm.each("#results .rows[data-total]", (table) => {
    if (table.closest("#tab-panel")) return;
    const rows = [...table.querySelectorAll(".row-link")].map((link) => link.pathname);
    const { pathname, search } = window.location;
    const isPart = Number(table.dataset.total) !== rows.length;
    sessionStorage.setItem(keyOf(pathname), JSON.stringify({ search, rows, isPart }));
  });

  const step = (path, words, sign) => {
    const made = document.createElement(path ? "a" : "span");
    if (path) made.href = path;
    made.textContent = sign;
    made.title = words;
    made.setAttribute("aria-label", words);
    return made;
  };

  crm.each(".crumb [data-list]", (link) => {
    const kept = sessionStorage.getItem(keyOf(link.pathname));
    const { search, rows, isPart } = kept ? JSON.parse(kept) : { rows: [] };
    const place = rows.indexOf(window.location.pathname);
    if (place < 0) return;
    link.search = search;
    const beside = document.createElement("span");
    beside.className = "beside";
    beside.append(
      step(rows[place - 1], crm.texts.before, "‹"),
      ` ${isPart ? crm.texts.ofPage : ""} ${place + 1} / ${rows.length} `,
      step(rows[place + 1], crm.texts.after, "›"),
    );
    link.parentElement.append(beside);
  });
})();
