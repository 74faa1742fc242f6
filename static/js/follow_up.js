/* Follow-ups and other short forms are written where one is: the form comes in a
   dialog, and what it has changed is read anew behind it. Without it, links lead to the
   form's own page. */
(() => {
  "use strict";

  const dialog = document.getElementById("follow-up-dialog");
  const place = dialog.querySelector("[data-place]");
  const SAID_FOR = 8000;
  const FIELDS = "input:not([type=hidden]), select, textarea";
  let address = "";
  let opener = null;
  let isSignedOut = false;

  /* A row of a list, and the bar of a phone, lead there, too. */

  const link = (row, at) => {
    const made = document.createElement("a");
    made.className = "row-follow-up";
    made.href = `${at}${row.dataset.id}`;
    made.textContent = crm.texts.followUp;
    Object.assign(made.dataset, { followUp: "", key: "f" });
    row.querySelector(".row-link")?.closest("td, th").append(made);
  };

  crm.each(".rows[data-follow-up-at]", (table) => {
    table.querySelectorAll("tr[data-id]").forEach((row) => link(row, table.dataset.followUpAt));
  });

  const form = () => place.querySelector("form");
  const first = () => form()?.elements.content || form()?.querySelector(FIELDS);
  const text = () => (form()?.elements.content || form()?.elements.remarks)?.value || "";

  const open = (from) => {
    opener = from;
    const wanted = from.getAttribute("href");
    dialog.showModal();
    if (wanted === address && (text() || place.ariaBusy === "true")) return;
    address = wanted;
    dialog.querySelector("[data-failure]")?.remove();
    place.replaceChildren();
    crm.bring("GET", address, { target: place, select: "#follow-up", swap: "innerHTML" });
  };

  document.addEventListener("click", (event) => {
    const from = event.target.closest("a[data-follow-up]");
    if (!from || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // The bar of a phone speaks of whomever the page is about.
    const own = from.closest("main") ? from : document.querySelector("#record a[data-follow-up][data-key]");
    open(own || from);
  });

  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-dialog]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("cancel", (event) => {
    if (dialog.querySelector(".calendar, .dropdown-active")) event.preventDefault();
  });

  const send = (event) => {
    event.preventDefault();
    const sent = form();
    if (sent.ariaBusy === "true") return;
    sent.ariaBusy = "true";
    const options = { source: sent, target: "#follow-up", select: "#follow-up", swap: "outerHTML" };
    const kept = sent.elements.files?.files;
    crm.bring("POST", address, options).finally(() => {
      sent.ariaBusy = "false";
      if (kept?.length && form()?.elements.files) form().elements.files.files = kept;
    });
  };
  dialog.addEventListener("submit", send);

  /* What the page shows of it: the record, the list or the workbench, where one was. */

  const BEHIND = ["#record", "main > #results", ".desk"];

  let back = null;

  const readAgain = (focus) => {
    const what = BEHIND.find((selector) => document.querySelector(selector));
    if (!what) return;
    back = { focus: focus || `${what} a`, top: window.scrollY };
    const { pathname, search } = window.location;
    const options = { target: what, select: what, swap: "outerHTML show:none" };
    crm.bring("GET", `${pathname}${search}`, options);
  };

  /* What is said floats above the page, so that nothing moves, and goes by itself. */
  const tell = (notes) => {
    document.querySelectorAll(".note-floating").forEach((old) => old.remove());
    notes.forEach((note) => {
      note.classList.add("note-floating");
      setTimeout(() => note.remove(), SAID_FOR);
    });
    document.querySelector("main").append(...notes);
  };

  const done = (notes) => {
    dialog.close();
    place.replaceChildren();
    tell(notes);
    const row = opener.closest("tr")?.dataset.id;
    const near = row ? `tr[data-id="${row}"]` : "main";
    readAgain(`${near} a[href="${CSS.escape(address)}"]`);
  };
  Object.assign(crm, { tell, readAgain });

  document.addEventListener("htmx:load", ({ target }) => {
    const saved = place.querySelector("[data-saved]");
    if (saved) done([...saved.children]);
    else if (back && !dialog.contains(target)) {
      document.querySelector(back.focus)?.focus({ preventScroll: true });
      window.scrollTo({ top: back.top });
      back = null;
    } else if (place.contains(target) && !place.contains(document.activeElement)) {
      const field = form()?.querySelector(".is-invalid") || first();
      (field?.tomselect || field)?.focus();
    }
  });

  // What was sent after the session had ended waits on its own page for its person.
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    isSignedOut = detail.xhr.status === 401 && place.contains(detail.elt);
  });
  window.addEventListener("beforeunload", (event) => {
    if (text() && !isSignedOut) event.preventDefault();
  });
})();
