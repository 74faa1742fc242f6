/* Forms of other pages, filled in where one is: fetched when they are wanted, sent as
   their own page sends them, refused in the same words. */
(() => {
  "use strict";

  const OWN = "own-";
  const NAMING = ["id", "for", "form", "list", "aria-describedby", "aria-labelledby",
    "aria-controls", "hx-target", "hx-include", "hx-trigger"];

  /* The page has fields of the same names already: what is brought has ids of its own. */
  const renamed = (root) => {
    for (const place of [root, ...root.querySelectorAll("*")]) {
      for (const name of NAMING) {
        const value = place.getAttribute?.(name);
        if (!value || value.includes(OWN)) continue;
        const isPath = name.startsWith("hx-");
        const made = isPath ? value.replaceAll("#", `#${OWN}`) : value.replace(/\S+/g, `${OWN}$&`);
        place.setAttribute(name, made);
      }
    }
    return root;
  };

  const { Refusal } = crm;

  /* Whoever is signed out meanwhile signs in, and finds there what was sent. */
  const read = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.redirected && !page.getElementById("menu")) {
      window.location.assign(answer.url);
      throw new Refusal(crm.texts.loading);
    }
    return { answer, main: page.querySelector("main") || page.body };
  };

  /* Why there is no form: what the page says of itself. */
  const failureOf = (main) =>
    (main?.querySelector("[data-fault], .note-error, .note-warning, .head-note, h1")?.textContent || "").trim()
    || crm.texts.failed;

  const bring = async (address) => {
    const { answer, main } = await read(await crm.ask(address));
    const form = main.querySelector("form.record-form");
    if (!answer.ok || !form) throw new Refusal(failureOf(main), answer.status);
    form.action = address;
    return { main, form };
  };

  /* Send a form that was brought; what has come of it is one of
     saved (the page it led to), refused (the form again), overtaken (the page that says so). */
  const send = async (form) => {
    const { action } = form;
    const { answer, main } = await read(await crm.ask(action, { method: "POST", body: new FormData(form) }));
    if (answer.redirected && answer.ok) return { saved: main };
    const again = main.querySelector("form.record-form, form#merged");
    if (!again) throw new Refusal(failureOf(main));
    again.action = action;
    return answer.status === 409 ? { overtaken: main } : { refused: { main, form: again } };
  };

  const button = (words, look, action) => {
    const made = document.createElement("button");
    made.type = action ? "button" : "submit";
    made.className = `btn ${look}`;
    made.textContent = words;
    if (action) made.addEventListener("click", action);
    return made;
  };

  /* A dialog of our own, with what is shown in it. */
  const dialogOf = (title, onClose) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog dialog-wide in-place";
    dialog.setAttribute("aria-label", title);
    const place = document.createElement("div");
    dialog.append(place);
    document.body.append(dialog);
    dialog.addEventListener("cancel", (event) => {
      if (dialog.querySelector(".calendar, .dropdown-active")) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      onClose?.();
    });
    dialog.addEventListener("htmx:load", ({ target }) => renamed(target));
    dialog.showModal();
    return { dialog, place };
  };

  const show = (place, ...parts) => {
    place.replaceChildren(...parts);
    crm.prepare(place);
    htmx.process(place);
  };

  Object.assign(crm, { inPlace: { renamed, bring, send, button, dialogOf, show } });
})();
