/* Lists: the bulk bar, what a person sets up and keeps, what is cut off. */
(() => {
  "use strict";

  /* Select all rows of the page, count, nothing to do without a row. */

  const bulk = (form) => {
    const ticks = () => [...document.querySelectorAll(`input[name="ids"][form="${form.id}"]`)];
    const all = form.closest("#results, main").querySelector("[data-select-all]");
    const whole = form.querySelector('[name="all"]');
    const show = () => {
      const count = ticks().filter((tick) => tick.checked).length;
      form.querySelector(".bulk-count").hidden = count === 0 || Boolean(whole?.checked);
      form.querySelector("[data-selected-count]").textContent = count;
      const buttons = form.querySelectorAll("button:not([hidden])");
      buttons.forEach((button) => (button.disabled = count === 0 && !whole?.checked));
      if (!all) return;
      all.checked = count > 0 && count === ticks().length;
      all.indeterminate = count > 0 && !all.checked;
    };
    all?.addEventListener("change", () => {
      ticks().forEach((tick) => (tick.checked = all.checked));
      show();
    });
    [...ticks(), ...(whole ? [whole] : [])].forEach((tick) => tick.addEventListener("change", show));
    show();
  };

  /* How one sets up a list is kept, whatever happens to the page meanwhile. */

  const keep = (name, value, near = document) => {
    const own = "[data-settings]";
    const setup = near.closest?.("#results")?.querySelector(own) || document.querySelector(`main ${own}`);
    if (!setup) return;
    crm.note((setup.dataset.settings || setup.href).split("?")[0], { [name]: value });
  };
  crm.keep = keep;

  document.addEventListener("click", ({ target }) => {
    const fold = target.closest(".conditions-more > summary")?.parentElement;
    if (fold) keep("unfolded", fold.open ? "0" : "1");
  });

  /* Another number of rows per page starts at the first page. */

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-page-size]")) return;
    keep("per_page", event.target.value);
    const { form } = event.target;
    if (form.elements.page) form.elements.page.disabled = true;
    form.requestSubmit();
  });

  /* Another order is shown as soon as it is chosen. */

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-sends]")) target.form.requestSubmit();
  });

  /* What a cell cuts off is told by its title. */

  const tell = (cell) => {
    if (!cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.innerText.trim();
  };
  document.addEventListener("pointerover", ({ target }) => {
    const cell = target.closest?.(".rows td");
    if (cell) tell(cell);
  });

  /* A search exchanges the results: what is wrong with a condition goes to its field. */

  const tellAtFields = (results) => {
    const form = document.getElementById("conditions");
    if (!form || results.closest("#tab-panel")) return;
    form.querySelectorAll(".invalid-feedback").forEach((old) => old.remove());
    form.querySelectorAll(".is-invalid").forEach((field) => {
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
    });
    results.querySelectorAll("template[data-error-of]").forEach((wrong) => {
      const field = form.querySelector(`[name="${CSS.escape(wrong.dataset.errorOf)}"]`);
      if (!field) return;
      const note = document.createElement("div");
      note.className = "invalid-feedback";
      note.id = `${field.id}_error`;
      note.textContent = wrong.content.textContent;
      field.closest(".field").append(note);
      field.classList.add("is-invalid");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", note.id);
    });
  };

  crm.each("#results", tellAtFields);
  crm.each("form[data-bulk]", bulk);
  crm.each(".rows", (table) => table.querySelectorAll("td").forEach(tell));
})();
