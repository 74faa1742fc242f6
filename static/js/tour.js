/* The tour: what its step speaks of is drawn round. */
(() => {
  "use strict";

  const mark = document.querySelector("[data-tour]").dataset.tour;
  document.querySelector(mark)?.classList.add("is-toured");
})();
