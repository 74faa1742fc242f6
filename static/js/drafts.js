/* What is typed is not lost: drafts of forms in this browser, asking before one leaves
   a changed form, and putting back what was sent for nothing. */
(() => {
  "use strict";

  const { texts } = crm;
  const { person } = document.body.dataset;
  const PREFIX = "draft:";
  const SENT = "draft-sent";
  const OLDEST = 7 * 24 * 3600 * 1000;
  const PAUSE = 400;
  const NEVER = ["csrfmiddlewaretoken", "form_token"];

  /* Storage may be full or forbidden; then there are simply no drafts. */
  const attempt = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };
  const read = (key) => attempt(() => JSON.parse(localStorage.getItem(key)));
  const write = (key, draft) => attempt(() => localStorage.setItem(key, JSON.stringify(draft)));
  const forget = (key) => attempt(() => localStorage.removeItem(key));
  const keys = () => attempt(() => Object.keys(localStorage)) || [];

  const isKept = (field) =>
    field.name && !NEVER.includes(field.name) && !["password", "file", "submit"].includes(field.type);

  const valuesOf = (field) => {
    if (field.matches("select")) {
      return [...field.selectedOptions].map((option) => [option.value, option.text]);
    }
    if (["checkbox", "radio"].includes(field.type)) return field.checked ? [[field.value]] : [];
    return [[field.value]];
  };

  /* {name: [[value, words], …]} of all that a form holds. */
  const snapshot = (form) => {
    const found = {};
    for (const field of form.elements) {
      if (isKept(field)) (found[field.name] ??= []).push(...valuesOf(field));
    }
    return found;
  };

  const choose = (field, chosen) => {
    for (const [value, words] of chosen) {
      const box = field.tomselect;
      if (box && value) box.addOption({ id: value, value, text: words || value });
      else if (![...field.options].some((option) => option.value === value)) return;
    }
    const values = chosen.map(([value]) => value);
    if (field.tomselect) field.tomselect.setValue(values);
    else [...field.options].forEach((o) => (o.selected = values.includes(o.value)));
  };

  const put = (field, chosen) => {
    const values = chosen.map(([value]) => value);
    if (field.matches("select")) choose(field, chosen);
    else if (["checkbox", "radio"].includes(field.type)) {
      field.checked = values.includes(field.value);
    } else [field.value] = values;
  };

  const fill = (form, fields) => {
    for (const box of form.querySelectorAll("[data-formset]")) {
      const name = `${box.dataset.formset}-TOTAL_FORMS`;
      const wanted = Math.min(Number(fields[name]?.[0][0] || 0), 500);
      while (Number(form.elements[name].value) < wanted) crm.addLine(box);
    }
    // Whom the choice of another empties, as a contact by its customer, comes later.
    const late = [...form.elements].filter((field) => field.dataset.lookupWith);
    const early = [...form.elements].filter((field) => !late.includes(field));
    for (const field of [...early, ...late]) {
      const known = fields[field.name];
      const isTick = ["checkbox", "radio"].includes(field.type);
      if (isKept(field) && (known?.length || isTick || (known && field.multiple))) {
        put(field, known || []);
      }
    }
    form.querySelectorAll(".line").forEach((line) => {
      line.hidden = Boolean(line.querySelector('input[name$="-DELETE"]')?.checked);
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /* A form that was sent is saved when the answer led on and was no refusal. */

  const settle = () => {
    const sent = sessionStorage.getItem(SENT);
    if (!sent) return;
    sessionStorage.removeItem(SENT);
    const [arrival] = performance.getEntriesByType("navigation");
    if (person && arrival?.redirectCount && !(arrival.responseStatus >= 400)) forget(sent);
  };

  const offer = (form, draft, restore, drop) => {
    const note = document.createElement("div");
    note.className = "note note-info draft";
    const words = document.createElement("div");
    const when = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
    words.textContent = `${texts.draft} ${when.format(draft.at)}`;
    note.append(words);
    for (const [word, action] of [
      [texts.restore, restore],
      [texts.discard, drop],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = word;
      button.addEventListener("click", () => {
        action();
        note.remove();
      });
      note.append(button);
    }
    form.before(note);
  };

  const waiting = document.getElementById("interrupted");
  const putBack = waiting && JSON.parse(waiting.dataset.fields);
  const placeOf = (form) =>
    new URL(form.getAttribute("action") || "", window.location.href).pathname;
  const comesBack = (form) => putBack && placeOf(form) === putBack.action.split("?")[0];

  let isSigningOut = false;

  /* The newest draft of a form; the same form may have been opened by another address,
     with other values filled in. */
  const newest = (own) => {
    const form = own.split("?")[0];
    const found = keys().filter((key) => key === form || key.startsWith(`${form}?`));
    const age = (key) => -(read(key)?.at || 0);
    return found.sort((one, other) => age(one) - age(other))[0];
  };

  const kept = (form) => {
    if (!person || form.querySelector("[type=password]") ) return;
    const key = `${PREFIX}${person}:${window.location.pathname}${window.location.search}`;
    const first = JSON.stringify(snapshot(form));
    const isRefused =
      "unsaved" in form.dataset || form.querySelector(".is-invalid, .invalid-feedback, .note-error");
    const isChanged = () => isRefused || JSON.stringify(snapshot(form)) !== first;
    let isLeaving = false;
    let pause;
    const save = () => {
      clearTimeout(pause);
      if (isLeaving || isSigningOut) return;
      if (isChanged()) write(key, { at: Date.now(), fields: snapshot(form) });
      else forget(key);
    };
    const from = read(key) ? key : newest(key);
    const draft = from && read(from);
    const take = () => {
      fill(form, draft.fields);
      if (from !== key) forget(from);
    };
    if (draft && !comesBack(form) && !isRefused && JSON.stringify(draft.fields) !== first) {
      offer(form, draft, take, () => forget(from));
    }
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, () => {
        clearTimeout(pause);
        pause = setTimeout(save, PAUSE);
      });
    }
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      save();
      isLeaving = true;
      sessionStorage.setItem(SENT, key);
    });
    window.addEventListener("pagehide", save);
    window.addEventListener("pageshow", () => (isLeaving = false));
    window.addEventListener("beforeunload", (event) => {
      if (isLeaving || !isChanged()) return;
      save();
      event.preventDefault();
    });
  };

  settle();
  for (const key of keys().filter((name) => name.startsWith(PREFIX))) {
    if (!(read(key)?.at > Date.now() - OLDEST)) forget(key);
  }

  // Signing out leaves nothing of one's own in the browser.
  document.addEventListener("submit", ({ target }) => {
    if (target.getAttribute("action") !== "/logout/") return;
    isSigningOut = true;
    const own = `${PREFIX}${person}:`;
    keys().filter((name) => name.startsWith(own)).forEach(forget);
  });

  crm.each("form.record-form", kept);
  // Where the page has filled in one of several forms of that address, it is that one.
  const isOther = (form) =>
    !("refilled" in form.dataset) &&
    [...document.querySelectorAll("form[data-refilled]")].some(comesBack);
  crm.each('form[method="post"]', (form) => {
    if (!comesBack(form) || isOther(form)) return;
    const fold = form.closest("details");
    if (fold) fold.open = true;
    const fields = Object.entries(putBack.fields);
    fill(form, Object.fromEntries(fields.map(([n, values]) => [n, values.map((v) => [v])])));
    document.getElementById("typed-is-back").hidden = false;
  });
})();
