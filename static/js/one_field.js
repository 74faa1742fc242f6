/* One field changed where it is read, in a list or on a record's page: a double click,
   the pencil, or F2 and the arrows. It is the field of the record's own form, brought
   when it is wanted, and saved with all that form asks and checks. */
(() => {
  "use strict";

  const { renamed, bring, send, button, dialogOf, show } = crm.inPlace;
  let close = () => {};
  let isChanged = () => false;

  const inputOf = (place) => place.querySelector("input:not([type=hidden]), select, textarea");
  const textsOf = (form) => JSON.stringify([...new FormData(form)]);

  /* Where a value stands: its cell, the field's name, where the record is edited. */

  const FIXED = { 403: crm.texts.fixed, 404: crm.texts.fixed };

  const ofCell = (cell) => {
    const table = cell.closest("table.rows[data-typed]");
    const row = cell.closest("tbody > tr[data-id]");
    const link = row?.querySelector(".row-link");
    if (!table || !link) return null;
    const first = row.querySelector(".select-cell") ? 1 : 0;
    const name = table.dataset.columns.trim().split(" ")[cell.cellIndex - first];
    const isTyped = table.dataset.typed.split(" ").includes(name);
    return isTyped ? { cell, name, address: `${link.getAttribute("href").split("?")[0]}edit/` } : null;
  };

  const ofFact = (fact) => {
    const record = fact.closest("#record[data-typed]");
    const name = fact.dataset.field;
    const isTyped = record?.dataset.typed.split(" ").includes(name);
    const cell = isTyped && fact.querySelector("dd");
    return cell ? { cell, name, address: document.querySelector('[data-key="e"]').getAttribute("href") } : null;
  };

  const placeOf = (target) => {
    const cell = target.closest("table.rows[data-typed] td");
    const fact = target.closest("#record .fact[data-field]");
    return (cell && ofCell(cell)) || (fact && ofFact(fact)) || null;
  };

  /* Where the focus goes when the page was read again. */
  const again = ({ cell, name }) => {
    const row = cell.closest("tr[data-id]");
    return row ? `tr[data-id="${row.dataset.id}"] .row-link` : `#record .fact[data-field="${name}"] .pencil`;
  };

  /* What may be read there and not changed has no editor: that is said aside, once
     asked for all of a row. */
  const leave = (at, words) => {
    close();
    const row = at.cell.closest("tr[data-id]");
    if (row) {
      row.dataset.fixed = words;
      row.querySelectorAll(".pencil").forEach((one) => one.remove());
      row.querySelector(".row-link").focus({ preventScroll: true });
    }
    const said = crm.failure(words);
    said.className = "note note-info";
    said.setAttribute("role", "status");
    crm.tell([said]);
  };

  /* The editor lies over the cell. */

  const edit = (at) => {
    if (isChanged()) {
      inputOf(document.querySelector(".one-field")).focus();
      return;
    }
    close();
    const fixed = at.cell.closest("tr[data-id]")?.dataset.fixed;
    if (fixed) {
      leave(at, fixed);
      return;
    }
    const editor = document.createElement("div");
    editor.className = "one-field";
    editor.setAttribute("role", "dialog");
    editor.setAttribute("aria-label", crm.texts.edit);
    document.body.append(editor);
    crm.raise(editor, at.cell);
    let isOpen = true;
    close = () => {
      isOpen = false;
      editor.remove();
      close = () => {};
      isChanged = () => false;
    };
    const giveUp = () => {
      close();
      (at.cell.querySelector(".pencil") || at.cell).focus({ preventScroll: true });
    };
    const fail = (error, again) => {
      editor.querySelector(":scope > .note")?.remove();
      if (!editor.querySelector("form")) editor.replaceChildren(button(crm.texts.close, "btn-sm", giveUp));
      editor.prepend(crm.failure(crm.wordsOf(error), again));
      editor.querySelector("button").focus();
    };

    const fill = ({ main, form }, isRefused = false) => {
      if (!isOpen) return;
      const field = form.querySelector(`[data-field="${at.name}"]`);
      if (!field) throw new Error(`no field ${at.name}`);
      // What asks why one goes on stands beside the form: that there is such a one already.
      const asked = [...main.querySelectorAll("[role=alert]")].filter((one) => !form.contains(one));
      const others = [...form.querySelectorAll(".invalid-feedback, .note-error")].filter((one) => !field.contains(one));
      const rest = document.createElement("div");
      rest.hidden = true;
      rest.append(...form.childNodes);
      const buttons = document.createElement("div");
      buttons.className = "dialog-buttons";
      const save = button(rest.querySelector("[name=save]").textContent, "btn-sm btn-primary");
      const whole = document.createElement("a");
      whole.className = "btn btn-sm btn-link";
      whole.href = `${at.address}#id_${at.name}`;
      whole.textContent = main.querySelector("h1").textContent.trim();
      buttons.append(whole, button(rest.querySelector(":scope > .form-buttons .btn-link").textContent, "btn-sm", giveUp), save);
      form.className = "one-field-form";
      form.replaceChildren(...others.map((one) => crm.failure(one.textContent.trim())), field, ...asked, buttons, rest);
      editor.replaceChildren(renamed(form));
      crm.prepare(field);
      const first = textsOf(form);
      isChanged = () => isRefused || textsOf(form) !== first;
      const missing = asked.map((one) => one.querySelector("input, textarea")).find(Boolean);
      const input = missing || inputOf(field);
      (input?.tomselect || input)?.focus();
      input?.select?.();
    };

    const overtaken = (main) => {
      close();
      const { dialog, place } = dialogOf(crm.texts.edit);
      show(place, ...[...main.children].map(renamed));
      const merged = place.querySelector("form#own-merged");
      const { pathname, search } = window.location;
      merged.action += `?${new URLSearchParams({ next: pathname + search })}`;
      merged.append(button(crm.texts.close, "", () => dialog.close()));
      merged.querySelector("button").focus();
    };

    editor.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const form = event.target;
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      try {
        const done = await send(form);
        if (done.saved) {
          close();
          crm.tell([...done.saved.querySelectorAll(":scope > .note")]);
          crm.readAgain(again(at));
        } else if (done.refused) fill(done.refused, true);
        else overtaken(done.overtaken);
      } catch (error) {
        fail(error, () => form.requestSubmit());
      }
      form.ariaBusy = "false";
    });
    editor.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || editor.querySelector(".dropdown-active, .calendar:not([hidden])")) return;
      event.stopPropagation();
      giveUp();
    });
    const begin = () => {
      editor.replaceChildren();
      const end = crm.wait(editor);
      bring(at.address).then((brought) => fill(brought)).catch((error) => {
        const words = FIXED[error.status] || (error.status === 409 && error.message);
        if (!words) fail(error, begin);
        else if (isOpen) leave(at, words);
      }).finally(end);
    };
    begin();
  };

  /* Pencils come to the row that is pointed at or has the focus. */

  const pencil = (at, label) => {
    const made = button("", "pencil", () => edit(at));
    made.className = "pencil";
    made.tabIndex = -1;
    made.title = crm.texts.edit;
    made.setAttribute("aria-label", `${crm.texts.edit} ${label}`);
    at.cell.append(made);
  };

  const sharpen = (row) => {
    if (row.dataset.sharp || row.dataset.fixed) return;
    row.dataset.sharp = "yes";
    const heads = row.closest("table").tHead.rows[0].cells;
    [...row.cells].forEach((cell) => {
      const at = ofCell(cell);
      if (at) pencil(at, heads[cell.cellIndex].textContent.trim());
    });
  };

  crm.each("table.rows[data-typed] > tbody", (rows) => {
    for (const kind of ["pointerover", "focusin"]) {
      rows.addEventListener(kind, ({ target }) => {
        const row = target.closest("tr[data-id]");
        if (row) sharpen(row);
      });
    }
  });

  crm.each("#record[data-typed] .fact[data-field]", (fact) => {
    const at = ofFact(fact);
    if (at) pencil(at, fact.querySelector("dt").textContent.trim());
  });

  document.addEventListener("dblclick", (event) => {
    if (event.target.closest("a, button, input, .one-field")) return;
    const at = placeOf(event.target);
    if (!at) return;
    event.preventDefault();
    edit(at);
  });

  /* Those of a row, or of the record: its facts may be a tab that is not open. */
  const pencilsNear = (place) => {
    const row = place.closest("tr[data-id]");
    return [...(row ? row.querySelectorAll(".pencil") : document.querySelectorAll("#record .fact .pencil"))];
  };

  const enter = (first) => {
    const part = first.closest(".tab-section");
    if (part && !first.offsetParent) document.querySelector(`[data-tab-section="${part.id}"]`).click();
    first.focus();
  };

  document.addEventListener("keydown", (event) => {
    const own = event.target.closest(".pencil");
    const all = event.key === "F2" || own ? pencilsNear(event.target) : [];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "F2" && all.length) {
      event.preventDefault();
      enter(all[0]);
    } else if (own && step) {
      event.preventDefault();
      all[(all.indexOf(own) + step + all.length) % all.length].focus();
    } else if (own && event.key === "Escape") {
      own.closest("tr[data-id]")?.querySelector(".row-link").focus();
    }
  });

  /* What was typed goes when it is cancelled, not by a click beside it. */
  document.addEventListener("pointerdown", ({ target }) => {
    if (!isChanged() && !target.closest(".one-field, .ts-dropdown, .calendar, .dialog")) close();
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged()) event.preventDefault();
  });
})();
