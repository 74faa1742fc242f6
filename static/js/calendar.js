/* The calendar: what can be moved is dragged to another day, or moved by Alt and the
   arrow keys; a click on an empty place of a day adds something there. */
(() => {
  "use strict";

  const board = document.getElementById("calendar");
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const DAY = 24 * 60 * 60 * 1000;

  const dayOf = (place) => place.closest("[data-day]")?.dataset.day;
  const later = (day, days) =>
    new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
  const between = (from, to) => (Date.parse(to) - Date.parse(from)) / DAY;

  /* Send what the form of another day sends: what was seen, and where it goes. */
  const move = (line, days) => {
    if (!days) return;
    const { move: address, version, seen } = line.dataset;
    const csrfmiddlewaretoken = document.querySelector('meta[name="csrf-token"]').content;
    const day = later(seen, days);
    const fields = { csrfmiddlewaretoken, version, seen, day, back: board.dataset.back };
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      Object.assign(input, { name, value });
      form.append(input);
    }
    document.body.append(form);
    form.requestSubmit();
  };

  /* The address of one's calendar is copied where the browser lets it. */
  const copier = document.querySelector("[data-copies]");
  if (copier && navigator.clipboard) {
    copier.hidden = false;
    copier.addEventListener("click", () => {
      const field = document.getElementById(copier.dataset.copies);
      field.select();
      navigator.clipboard.writeText(field.value);
    });
  }
  if (!board) return;

  let dragged = null;

  board.addEventListener("dragstart", (event) => {
    const line = event.target.closest("[data-move]");
    if (!line) return;
    dragged = { line, day: dayOf(line) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", line.textContent.trim());
  });

  const target = (event) => dragged && event.target.closest("td[data-day]");

  board.addEventListener("dragover", (event) => {
    const cell = target(event);
    board.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
    if (!cell) return;
    event.preventDefault();
    cell.classList.add("is-target");
  });

  board.addEventListener("drop", (event) => {
    const cell = target(event);
    if (!cell) return;
    event.preventDefault();
    move(dragged.line, between(dragged.day, cell.dataset.day));
  });

  board.addEventListener("dragend", () => {
    dragged = null;
    board.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  });

  board.addEventListener("keydown", (event) => {
    const line = event.target.closest("[data-move]");
    if (!event.altKey || !line || !(event.key in STEPS)) return;
    event.preventDefault();
    move(line, STEPS[event.key]);
  });

  board.addEventListener("click", (event) => {
    if (!event.target.matches("td[data-day], .agenda-lines, .agenda-head")) return;
    event.target.closest("td[data-day]")?.querySelector(".agenda-add")?.click();
  });

  /* Whose calendar it is: chosen is shown. */
  document.querySelector(".agenda-whose")?.addEventListener("change", ({ target: box }) => {
    if (box.name === "department") box.form.elements.person.value = "";
    box.form.requestSubmit();
  });
})();
