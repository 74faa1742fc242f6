/* Requests of htmx: the CSRF token, no empty conditions in the address, a word on
   failure, unless the person asked for nothing (data-quiet). */
(() => {
  "use strict";

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

  // What the server says of itself: busy, away, full.
  const faultOf = (xhr) =>
    new DOMParser()
      .parseFromString(xhr?.responseText || "", "text/html")
      .querySelector("[data-fault]")
      ?.textContent.trim();

  const reportFailure = (event) => {
    if (event.detail.elt.matches("[data-quiet]")) return;
    const place = event.detail.target;
    const note = document.createElement("div");
    note.className = "note note-error";
    note.setAttribute("role", "alert");
    note.textContent = faultOf(event.detail.xhr) || crm.texts.failed;
    place.parentElement.querySelector(":scope > [data-failure]")?.remove();
    note.dataset.failure = "";
    place.before(note);
  };
  document.addEventListener("htmx:responseError", reportFailure);
  document.addEventListener("htmx:sendError", reportFailure);
})();
