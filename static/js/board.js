/* The board: a card is dragged to another stage, or moved by Alt and the arrow keys.
   Both fill in the card's own form; going back opens it, for it asks why. */
(() => {
  "use strict";

  const board = document.getElementById("board");
  if (!board) return;
  const stages = [...board.querySelectorAll(".board-stage")];
  const stageOf = (place) => place.closest(".board-stage");
  let dragged = null;

  const move = (card, stage) => {
    const form = card.querySelector("form");
    if (!form || !stage || stageOf(card) === stage) return;
    form.elements.stage.value = stage.dataset.stage;
    const goesBack = Number(stage.dataset.place) < Number(stageOf(card).dataset.place);
    if (!goesBack) {
      form.requestSubmit();
      return;
    }
    card.querySelector("details").open = true;
    form.elements.note.required = true;
    form.elements.note.focus();
  };

  const unmark = () => {
    board.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  };

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[draggable]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("a").textContent.trim());
  });

  board.addEventListener("dragover", (event) => {
    unmark();
    const stage = dragged && stageOf(event.target);
    if (!stage) return;
    event.preventDefault();
    stage.classList.add("is-target");
  });

  board.addEventListener("drop", (event) => {
    const stage = dragged && stageOf(event.target);
    if (!stage) return;
    event.preventDefault();
    move(dragged, stage);
  });

  board.addEventListener("dragend", () => {
    dragged = null;
    unmark();
  });

  board.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = event.target.closest("[draggable]");
    if (!event.altKey || !step || !card) return;
    event.preventDefault();
    move(card, stages[stages.indexOf(stageOf(card)) + step]);
  });
})();
