/* The approver's desk: what is open stands beside the list; keys while the desk has the
   focus: j and k go on and back, a approves (and asks), r asks why, then rejects. */
(() => {
  "use strict";

  const desk = document.getElementById("desk");
  const links = () => [...desk.querySelectorAll(".desk-open")];
  const opened = () => document.getElementById("opened");
  const current = () => links().findIndex((link) => link.ariaCurrent === "true");

  const mark = (id) => {
    links().forEach((link) => {
      const row = link.closest("tr");
      const isOpen = row.dataset.id === id;
      row.classList.toggle("is-open", isOpen);
      if (isOpen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };

  const go = (step) => {
    const link = links()[current() + step];
    if (!link) return;
    mark(link.closest("tr").dataset.id); // the next key may come before the answer
    link.focus();
    link.click();
  };

  const reject = (button) => {
    const opinion = opened().querySelector("[data-desk-opinion]");
    if (opinion.value.trim()) button.click();
    else opinion.focus();
  };

  const press = (key) => {
    const button = opened()?.querySelector(`[data-desk-key="${key}"]`);
    if (button && key === "r") reject(button);
    else button?.click();
  };

  /* Not while somebody types, and nowhere but on the desk. */
  desk.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]")) return;
    const does = { j: () => go(1), k: () => go(-1), a: () => press("a"), r: () => press("r") }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  /* A row opens its record wherever it is clicked, but for what has a meaning of its own. */
  desk.addEventListener("click", (event) => {
    const row = event.target.closest(".desk-rows tbody tr");
    if (row && !event.target.closest("a, input, label, button, summary")) {
      row.querySelector(".desk-open").click();
    }
  });

  /* Marked with what is shown, not a moment later: the next key may come in between. */
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === "opened") mark(target.dataset.id);
  });

  /* On a narrow screen it stands below all rows: whoever asked for it is led there. */
  const leadTo = (target) => {
    if (target && matchMedia("(width < 62rem)").matches) target.scrollIntoView();
  };

  document.addEventListener("htmx:load", ({ target }) => {
    if (target.id === "opened") leadTo(target);
  });

  if (new URLSearchParams(window.location.search).has("row")) leadTo(opened());

  if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body) {
    links()[current()]?.focus({ preventScroll: true });
  }
})();
