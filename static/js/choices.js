/* Selects that are searched by typing, their choices fetched or all there. */
(() => {
  "use strict";

  const { texts } = crm;

  // Whatever stands in a list of choices must be one, for those who hear the page.
  const remark = (text) =>
    `<div class="no-results" role="option" aria-disabled="true" aria-selected="false">${text}</div>`;
  const waiting = () =>
    `<div class="spinner" role="option" aria-disabled="true" aria-selected="false" aria-label="${texts.loading}"></div>`;

  /* Why nothing could be looked up, as a remark that can be pressed. */
  const failureOf = (error, again) => {
    const option = document.createElement("div");
    const button = document.createElement("span");
    option.className = "no-results failed-choice";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    button.className = "btn btn-sm";
    button.textContent = texts.again;
    option.append(crm.wordsOf(error), " ", button);
    option.addEventListener("click", again);
    return option;
  };

  const removal = { remove_button: { title: texts.remove } };
  const clearing = { clear_button: { title: texts.clear } };

  /* A list of choices opens for somebody: by a click, by typing, by Enter or the arrow down; not
     because the page, the tab key or an answer of the server puts the focus there. A
     click into it never takes the focus away. */
  const openWhenAsked = (made) => {
    let isAsked = false;
    const open = made.open.bind(made);
    made.open = () => {
      if (isAsked) open();
    };
    made.onClick = () => {
      isAsked = true;
      made.clearActiveItems();
      made.focus();
      made.refreshOptions();
    };
    made.control_input.addEventListener("input", () => (isAsked = true), { capture: true });
    made.focus_node.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "ArrowDown") isAsked = true;
        if (event.key === "Escape") isAsked = false;
        // Nobody sends a form by it from a place where something is to be chosen.
        if (event.key === "Enter" && !event.ctrlKey && !made.isOpen && !made.items.length) {
          event.preventDefault();
          made.onClick();
        }
      },
      { capture: true },
    );
    made.on("blur", () => (isAsked = false));
  };

  const box = (select, settings) => {
    const made = new TomSelect(select, {
      hidePlaceholder: true,
      openOnFocus: false,
      ...settings,
      render: { no_results: () => made.failure || remark(texts.noResults), loading: waiting },
      onDropdownClose: (dropdown) => crm.lower(dropdown),
    });
    made.positionDropdown = () => {
      made.dropdown.style.width = `${made.control.offsetWidth}px`;
      crm.raise(made.dropdown, made.control);
    };
    select.setAttribute("aria-hidden", "true");
    openWhenAsked(made);
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
        made.failure = null;
        crm.ask(address(query), { headers: { Accept: "application/json" }, signal })
          .then((answer) => (answer.ok ? answer.json() : { results: [] }))
          .then((data) => done(data.results))
          .catch((error) => {
            delete made.loadedSearches[query];
            if (!signal.aborted) made.failure = failureOf(error, () => made.load(query));
            done();
          });
      },
    });
    for (const name of partners) {
      select.form?.elements[name]?.addEventListener("change", () => {
        made.clear();
        made.clearOptions();
        made.loadedSearches = {};
        made.wrapper.classList.remove("preloaded");
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
