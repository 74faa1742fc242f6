/* Selects that are searched by typing, their choices fetched or all there. */
(() => {
  "use strict";

  const { texts } = crm;

  // Whatever stands in a list of choices must be one, for those who hear the page.
  const remark = (text) =>
    `<div class="no-results" role="option" aria-disabled="true" aria-selected="false">${text}</div>`;
  const waiting = () =>
    `<div class="spinner" role="option" aria-disabled="true" aria-selected="false" aria-label="${texts.loading}"></div>`;

  const removal = { remove_button: { title: texts.remove } };
  const clearing = { clear_button: { title: texts.clear } };

  const box = (select, settings) => {
    const made = new TomSelect(select, {
      hidePlaceholder: true,
      ...settings,
      render: { no_results: () => remark(texts.noResults), loading: waiting },
      onDropdownClose: (dropdown) => crm.lower(dropdown),
    });
    made.positionDropdown = () => {
      made.dropdown.style.width = `${made.control.offsetWidth}px`;
      crm.raise(made.dropdown, made.control);
    };
    select.setAttribute("aria-hidden", "true");
    return made;
  };

  const lookup = (select) => {
    if (select.tomselect || typeof TomSelect === "undefined") return;
    const partners = (select.dataset.lookupWith || "").split(" ").filter(Boolean);
    let request;
    const address = (query) => {
      const url = new URL(select.dataset.lookup, window.location.origin);
      url.searchParams.set("q", query);
      for (const name of partners) {
        const partner = select.form?.elements[name];
        if (partner?.value) url.searchParams.set(name, partner.value);
      }
      return url;
    };
    const made = box(select, {
      valueField: "id",
      labelField: "text",
      searchField: [],
      sortField: [{ field: "$order" }],
      allowEmptyOption: false,
      maxOptions: 50,
      preload: "focus",
      placeholder: texts.type,
      plugins: select.multiple ? removal : select.required ? [] : clearing,
      shouldLoad: () => true,
      refreshThrottle: 0,
      onType() {
        // What an earlier text found must not be taken for what this one finds.
        this.clearOptions();
        this.refreshOptions(false);
      },
      load(query, done) {
        request?.abort();
        request = new AbortController();
        const { signal } = request;
        fetch(address(query), { headers: { Accept: "application/json" }, signal })
          .then((answer) => (answer.ok ? answer.json() : { results: [] }))
          .then((data) => done(data.results))
          .catch(() => done());
      },
    });
    for (const name of partners) {
      select.form?.elements[name]?.addEventListener("change", () => {
        made.clear();
        made.clearOptions();
        made.loadedSearches = {};
      });
    }
  };

  const choices = (select) => {
    if (select.tomselect || typeof TomSelect === "undefined") return;
    box(select, { maxOptions: null, plugins: removal, placeholder: texts.any });
  };

  crm.each("select[data-lookup]", lookup);
  crm.each("select[multiple]:not([data-lookup])", choices);
})();
