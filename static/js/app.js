/* What the browser adds to pages that also work without it. */
(() => {
  "use strict";

  const texts = document.getElementById("texts").dataset;

  const visit = (root, selector, action) => {
    if (root.matches?.(selector)) action(root);
    root.querySelectorAll?.(selector).forEach(action);
  };

  /* Requests: the CSRF token, no empty conditions in the address, a word on failure. */

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, headers, parameters } = event.detail;
    headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
    if (!elt.matches("[data-drop-empty]")) return;
    for (const name of new Set(Object.keys(parameters))) {
      const filled = [].concat(parameters[name]).filter((value) => value !== "");
      if (filled.length) parameters[name] = filled;
      else delete parameters[name];
    }
    const size = document.querySelector("select[data-chosen]");
    if (size) parameters[size.name] = size.value;
  });

  const reportFailure = (event) => {
    const place = event.detail.target;
    const note = document.createElement("div");
    note.className = "note note-error";
    note.setAttribute("role", "alert");
    note.textContent = texts.failed;
    place.parentElement.querySelector(":scope > [data-failure]")?.remove();
    note.dataset.failure = "";
    place.before(note);
  };
  document.addEventListener("htmx:responseError", reportFailure);
  document.addEventListener("htmx:sendError", reportFailure);

  /* Lookups: a select whose choices are fetched while typing. */

  // Whatever stands in a list of choices must be one, for those who hear the page.
  const remark = (text) =>
    `<div class="no-results" role="option" aria-disabled="true" aria-selected="false">${text}</div>`;
  const waiting = () =>
    `<div class="spinner" role="option" aria-disabled="true" aria-selected="false" aria-label="${texts.loading}"></div>`;

  const removal = { remove_button: { title: texts.remove } };
  const clearing = { clear_button: { title: texts.clear } };

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
    const box = new TomSelect(select, {
      valueField: "id",
      labelField: "text",
      searchField: [],
      sortField: [{ field: "$order" }],
      allowEmptyOption: false,
      maxOptions: 50,
      preload: "focus",
      placeholder: texts.type,
      hidePlaceholder: true,
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
      render: {
        no_results: () => remark(texts.noResults),
        loading: waiting,
      },
    });
    select.setAttribute("aria-hidden", "true");
    for (const name of partners) {
      select.form?.elements[name]?.addEventListener("change", () => {
        box.clear();
        box.clearOptions();
        box.loadedSearches = {};
      });
    }
  };

  const choices = (select) => {
    if (select.tomselect || typeof TomSelect === "undefined") return;
    new TomSelect(select, {
      maxOptions: null,
      plugins: removal,
      placeholder: texts.any,
      hidePlaceholder: true,
      render: { no_results: () => remark(texts.noResults) },
    });
    select.setAttribute("aria-hidden", "true");
  };

  /* Lines of a form: add one from the template, take one away. */

  const prepareLine = (line) => {
    const tick = line.querySelector('input[name$="-DELETE"]');
    const button = line.querySelector("[data-remove-line]");
    if (!tick || !button) return;
    tick.hidden = true;
    button.hidden = false;
    line.hidden = tick.checked;
    button.addEventListener("click", () => {
      tick.checked = true;
      line.hidden = true;
      line.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  const formset = (box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "yes";
    const total = box.querySelector(`[name="${box.dataset.formset}-TOTAL_FORMS"]`);
    const body = box.querySelector("tbody");
    const add = box.querySelector("[data-add-line]");
    body.querySelectorAll(".line").forEach(prepareLine);
    add.hidden = false;
    add.addEventListener("click", () => {
      const holder = document.createElement("tbody");
      const pattern = box.querySelector("template").innerHTML;
      holder.innerHTML = pattern.replaceAll("__prefix__", total.value);
      const line = holder.firstElementChild;
      body.append(line);
      total.value = Number(total.value) + 1;
      prepareLine(line);
      prepare(line);
      line.querySelector("input:not([type=hidden]), select")?.focus();
    });
  };

  /* A new record starts where the first thing is missing, or the first one wrong:
     serial entry needs no mouse. On a phone this would only raise the keyboard. */

  const start = (form) => {
    if (!form.elements.form_token || !matchMedia("(pointer: fine)").matches) return;
    const fields = [...form.querySelectorAll("[data-field] :is(input, select, textarea)")];
    const own = fields.filter((field) => field.name && field.type !== "checkbox");
    const place =
      own.find((field) => field.matches(".is-invalid")) || own.find((field) => !field.value);
    (place?.tomselect || place)?.focus();
  };

  /* Bulk bar: select all rows of the page, count, nothing to do without a row. */

  const bulk = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "yes";
    const ticks = () => [...document.querySelectorAll(`input[name="ids"][form="${form.id}"]`)];
    const all = form.closest("#results, main").querySelector("[data-select-all]");
    const show = () => {
      const count = ticks().filter((tick) => tick.checked).length;
      form.querySelector(".bulk-count").hidden = count === 0;
      form.querySelector("[data-selected-count]").textContent = count;
      form.querySelectorAll("button").forEach((button) => (button.disabled = count === 0));
      if (!all) return;
      all.checked = count > 0 && count === ticks().length;
      all.indeterminate = count > 0 && !all.checked;
    };
    all?.addEventListener("change", () => {
      ticks().forEach((tick) => (tick.checked = all.checked));
      show();
    });
    ticks().forEach((tick) => tick.addEventListener("change", show));
    show();
  };

  /* Tabs: mark the open one, offer its own "add". */

  document.addEventListener("htmx:beforeRequest", (event) => {
    const tab = event.detail.elt;
    if (!tab.matches("[data-tab]")) return;
    const tabs = tab.closest("[data-tabs]");
    tabs.querySelectorAll("[data-tab]").forEach((other) => {
      other.classList.toggle("active", other === tab);
      if (other === tab) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    });
    tabs.querySelectorAll("[data-tab-add]").forEach((link) => {
      link.hidden = link.dataset.tabAdd !== tab.dataset.tab;
    });
    tabs.querySelector(".tab-panel").setAttribute("aria-labelledby", tab.id);
  });

  /* Sending: ask first where the form says so, and never send twice. */

  const ask = (form, submitter) => {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("#confirm-text").textContent = form.dataset.confirm;
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        form.dataset.confirmed = "yes";
        form.requestSubmit(submitter);
      },
      { once: true },
    );
    dialog.showModal();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      ask(form, event.submitter);
    } else if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
    } else if (!("repeatable" in form.dataset)) {
      form.setAttribute("aria-busy", "true");
    }
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy]").forEach((form) => {
      form.removeAttribute("aria-busy");
    });
  });

  /* Another number of rows per page starts at the first page. */

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-page-size]")) return;
    const { form } = event.target;
    if (form.elements.page) form.elements.page.disabled = true;
    form.requestSubmit();
  });

  /* Following a notice marks it as read, whatever happens to the page meanwhile. */

  const markRead = (event) => {
    const link = event.target.closest("a[data-reads]");
    if (!link) return;
    fetch("/notices/read/", {
      method: "POST",
      keepalive: true,
      body: new URLSearchParams({ ids: link.dataset.reads }),
      headers: {
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
        "X-Requested-With": "fetch",
      },
    });
  };
  document.addEventListener("click", markRead);
  document.addEventListener("auxclick", markRead);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog).showModal();
    document.querySelectorAll("details.fold[open]").forEach((open) => {
      if (!open.contains(event.target)) open.open = false;
    });
  });

  /* Keyboard: single keys, never while somebody types. */

  const typing = (target) =>
    target.isContentEditable || target.closest("input, textarea, select, dialog");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) {
      const form = event.target.closest("form[data-submit-key]");
      if (form) form.requestSubmit(form.querySelector('[name="save"]'));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      document.getElementById("keys").showModal();
    } else if (["/", "n", "e"].includes(event.key)) {
      const place = document.querySelector(`[data-key="${event.key}"]`);
      if (!place) return;
      event.preventDefault();
      if (place.matches("input")) place.select();
      else place.click();
    }
  });

  const prepare = (root) => {
    visit(root, "select[data-lookup]", lookup);
    visit(root, "select[multiple]:not([data-lookup])", choices);
    visit(root, "[data-formset]", formset);
    visit(root, "form[data-bulk]", bulk);
    visit(root, "form.record-form", start);
  };

  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
})();
