/* A report under review by keys, while the page of it has the focus and nobody types:
   a registers, c corrects, a number returns it for the reason that bears it. */
(() => {
  "use strict";

  const record = document.getElementById("record");
  const buttons = () => [...record.querySelectorAll("[data-review-key]")];

  record.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const pressed = buttons().find((button) => button.dataset.reviewKey === event.key);
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
  });

  /* One after the other: the likely decision has the focus. What may be a duplicate is
     not registered by an Enter out of habit. */
  if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body) {
    const isDoubtful = record.querySelector('#decision [name="seen"]');
    const first = isDoubtful ? '[name="kept_reason"]' : '[data-review-key="a"]';
    record.querySelector(`#decision ${first}`)?.focus({ preventScroll: true });
  }
})();
