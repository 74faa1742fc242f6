/* Lists: the bulk bar, another number of rows per page, what is cut off. */
(() => {
  "use strict";

  /* Select all rows of the page, count, nothing to do without a row. */

  const bulk = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "yes";
    const ticks = () => [...document.querySelectorAll(`input[name="ids"][form="${form.id}"]`)];
    const all = form.closest("#results, main").querySelector("[data-select-all]");
    const show = () => {
      const count = ticks().filter((tick) => tick.checked).length;
      form.querySelector(".bulk-count").hidden = count === 0;
      form.querySelector("[data-selected-count]").textContent = count;
      form.querySelectorAll("button").forEach((button) => (button.disabled = count === 0));
      if (!all) return;
      all.checked = count > 0 && count === ticks().length;
      all.indeterminate = count > 0 && !all.checked;
    };
    all?.addEventListener("change", () => {
      ticks().forEach((tick) => (tick.checked = all.checked));
      show();
    });
    ticks().forEach((tick) => tick.addEventListener("change", show));
    show();
  };

  /* Another number of rows per page starts at the first page. */

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-page-size]")) return;
    const { form } = event.target;
    if (form.elements.page) form.elements.page.disabled = true;
    form.requestSubmit();
  });

  /* What a cell cuts off is told by its title. */

  const tell = (cell) => {
    if (!cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.innerText.trim();
  };
  document.addEventListener("pointerover", ({ target }) => {
    const cell = target.closest?.(".rows td");
    if (cell) tell(cell);
  });

  crm.each("form[data-bulk]", bulk);
  crm.each(".rows", (table) => table.querySelectorAll("td").forEach(tell));
})();
