/* A picker that lacks what one wants: "new" beside it opens the form of such a record
   in a dialog, and what was saved is chosen. Without scripts it is a link to the form. */
(() => {
  "use strict";

  const { renamed, bring, send, button, dialogOf, show } = crm.inPlace;

  /* What must be said stands open, and what was refused; the rest unfolds. */
  const shortened = (form) => {
    const isShort = (field) =>
      field.querySelector(".required-mark, .is-invalid, .invalid-feedback");
    const fields = [...form.querySelectorAll(".form-section [data-field]")];
    const rest = fields.filter((field) => !isShort(field));
    if (!rest.length || rest.length === fields.length) return;
    const fold = document.createElement("details");
    const summary = document.createElement("summary");
    const grid = document.createElement("div");
    grid.className = "form-grid";
    summary.textContent = crm.texts.moreFields;
    grid.append(...rest);
    fold.append(summary, grid);
    const sections = [...form.querySelectorAll(".form-section")];
    sections.filter((one) => !one.querySelector("[data-field]")).forEach((empty) => empty.remove());
    [...form.querySelectorAll(".form-section")].at(-1).append(fold);
  };

  /* The address without the way back, with what the choice belongs to: a customer's contact. */
  const addressOf = (link, select) => {
    const url = new URL(link.href);
    for (const name of ["next", "into"]) url.searchParams.delete(name);
    for (const name of (select.dataset.lookupWith || "").split(" ").filter(Boolean)) {
      const { value } = select.form.elements[name] || {};
      if (value) url.searchParams.set(name, value);
    }
    return url.href;
  };

  const open = (link) => {
    const select = link.closest("[data-field]").querySelector("select");
    const { dialog, place } = dialogOf(link.textContent, () => select.tomselect?.focus());
    const heading = document.createElement("h2");
    heading.textContent = link.textContent;

    const fill = ({ main, form }) => {
      form.classList.remove("record-form");
      delete form.dataset.unsaved;
      form.querySelectorAll(".paste").forEach((part) => part.remove());
      shortened(form);
      const own = form.querySelector(":scope > .form-buttons");
      own.replaceWith(buttons(own));
      const before = [...main.children].filter((part) => !part.matches(".page-head"));
      const parts = before.map(renamed);
      show(place, heading, ...parts);
      const typed = [...place.querySelectorAll("[data-field] :is(input, textarea)")];
      const first = typed.find((field) => field.offsetParent && !field.closest(".ts-wrapper"));
      (place.querySelector(".is-invalid") || first)?.focus();
    };

    const buttons = (own) => {
      const row = document.createElement("div");
      row.className = "dialog-buttons";
      const save = button(own.querySelector("[name=save]").textContent, "btn-primary");
      save.name = "save";
      save.value = "1";
      row.append(button(own.querySelector(".btn-link").textContent, "btn-link", () => dialog.close()), save);
      return row;
    };

    const take = (page) => {
      const record = page.querySelector("#record");
      const id = record?.dataset.id;
      if (id) {
        const text = record.querySelector("h1").textContent.trim();
        select.tomselect.addOption({ id, text });
        select.tomselect.setValue(id);
      }
      dialog.close();
      crm.tell([...page.querySelectorAll(":scope > .note")]);
    };

    const fail = (error, again) => {
      place.querySelector(":scope > .note-error")?.remove();
      place.prepend(crm.failure(crm.wordsOf(error), again));
    };

    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const form = event.target;
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      try {
        const { saved, refused } = await send(form);
        if (saved) take(saved);
        else if (refused) fill(refused);
      } catch (error) {
        fail(error, () => form.requestSubmit());
      }
      form.ariaBusy = "false";
    });

    const begin = () => {
      const waiting = document.createElement("div");
      const leave = document.createElement("div");
      leave.className = "dialog-buttons";
      leave.append(button(crm.texts.close, "", () => dialog.close()));
      show(place, heading, waiting, leave);
      const end = crm.wait(waiting);
      bring(addressOf(link, select)).then(fill).catch((error) => fail(error, begin)).finally(end);
    };
    begin();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-new]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!link.closest("[data-field]").querySelector("select").tomselect) return;
    event.preventDefault();
    open(link);
  });
})();
