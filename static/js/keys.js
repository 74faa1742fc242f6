/* Keyboard: single keys, never while somebody types; sending a form from any field. */
(() => {
  "use strict";

  /* A dialog that was closed may hold the focus until the next picture is drawn. */
  const typing = (target) =>
    target.isContentEditable || target.closest("input, textarea, select, dialog[open]");

  /* The form of the field, which may stand beside it; nowhere in particular, the page's. */
  const formOf = (target) => {
    const key = "form[data-submit-key]";
    if (target === document.body) return document.querySelector(key);
    return (target.form || target).closest(key);
  };

  /* What a key presses: of a row the one that is pointed at, or has the focus. */
  const placeOf = (key) => {
    const wanted = `[data-key="${key}"]`;
    const of = (row) => document.querySelector(`tr:${row} ${wanted}`);
    const single = [...document.querySelectorAll(wanted)].find((place) => !place.closest("tr"));
    return of("focus-within") || of("hover") || single;
  };

  const send = (event) => {
    const form = formOf(event.target);
    const own = event.target.closest(".paste")?.querySelector("[data-own]");
    if (own) return form.requestSubmit(own);
    const another = event.shiftKey && form?.querySelector('[name="save_and_add"]');
    form?.requestSubmit(another || form.querySelector('[data-main], [name="save"]'));
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      const help = document.querySelector(".topbar [href*='?at=']");
      document.querySelector("#keys [data-help]").href = help.href;
      document.getElementById("keys").showModal();
    } else if (["/", "n", "e", "f"].includes(event.key)) {
      const place = placeOf(event.key);
      if (!place) return;
      event.preventDefault();
      if (!place.matches("input")) return place.click();
      place.focus();
      place.select();
    }
  });
})();
