/* The columns of a list: moved by buttons or dragged, made wider or narrower by hand. */
(() => {
  "use strict";

  /* Order: a button moves a row of the form at once, the mouse drags it. */

  const ROW = ".column";

  const beside = (row, down) => {
    const other = down ? row.nextElementSibling : row.previousElementSibling;
    return other?.matches(ROW) ? other : null;
  };

  const orderable = (form) => {
    form.addEventListener("click", (event) => {
      const button = event.target.closest(".column-move");
      if (!button) return;
      event.preventDefault();
      const row = button.closest(ROW);
      const down = button.name === "down";
      const other = beside(row, down);
      if (other) other[down ? "after" : "before"](row);
      button.focus();
    });
    let dragged = null;
    form.querySelectorAll(ROW).forEach((row) => (row.draggable = true));
    form.addEventListener("dragstart", (event) => {
      dragged = event.target.closest?.(ROW);
      dragged?.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
    });
    form.addEventListener("dragover", (event) => {
      const row = event.target.closest(ROW);
      if (!dragged || !row) return;
      event.preventDefault();
      if (row === dragged) return;
      const box = row.getBoundingClientRect();
      row[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
    });
    form.addEventListener("dragend", () => {
      dragged?.classList.remove("dragged");
      dragged = null;
    });
  };
  crm.each("form[data-columns]", orderable);

  /* Width: the edge of a head is dragged; twice pressed, a column is as wide as needed. */

  const NARROWEST = 40;
  const WIDEST = 800;
  const widths = new CSSStyleSheet();
  document.adoptedStyleSheets.push(widths);
  let tables = 0;

  /* On a phone rows are cards: there columns have no width. A table as wide as the page
     would share out among its columns what these leave. */
  const draw = () => {
    const rules = [...document.querySelectorAll("table[data-sized]")].flatMap((table) =>
      [...table.querySelectorAll("thead th")].flatMap((head, place) => {
        const width = head.dataset.width;
        if (!width) return [];
        const cell = `table[data-sized="${table.dataset.sized}"] > * > tr > :nth-child(${place + 1})`;
        return `${cell} { max-width: ${width}px; min-width: ${width}px; overflow: hidden; text-overflow: ellipsis; }`;
      }),
    );
    const whole = "table[data-sized]:has(th[data-width]) { width: auto; }";
    widths.replaceSync(`@media (width >= 40rem) { ${whole} ${rules.join(" ")} }`);
  };

  const dragging = (head, event) => {
    event.preventDefault();
    const from = event.clientX;
    const before = head.offsetWidth;
    const grip = event.target;
    grip.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => {
      const width = Math.round(before + clientX - from);
      head.dataset.width = Math.max(NARROWEST, Math.min(width, WIDEST));
      draw();
    };
    const drop = () => {
      grip.removeEventListener("pointermove", move);
      if (head.dataset.width) crm.keep(`width_${head.dataset.column}`, head.dataset.width, head);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", drop, { once: true });
  };

  const release = (head) => {
    delete head.dataset.width;
    draw();
    crm.keep(`width_${head.dataset.column}`, "", head);
  };

  crm.each("table.rows[data-columns]", (table) => {
    tables += 1;
    table.dataset.sized = tables;
    const kept = [...table.querySelectorAll("col")].map((col) => col.getAttribute("width"));
    const heads = [...table.querySelectorAll("thead th:not(.select-cell)")];
    const names = table.dataset.columns.trim().split(" ");
    heads.forEach((head, place) => (head.dataset.column = names[place]));
    table.querySelectorAll("thead th").forEach((head, place) => {
      if (kept[place]) head.dataset.width = kept[place];
      if (!head.dataset.column) return;
      const grip = document.createElement("span");
      grip.className = "column-grip";
      grip.title = crm.texts.width;
      grip.addEventListener("pointerdown", (event) => dragging(head, event));
      grip.addEventListener("dblclick", () => release(head));
      head.append(grip);
    });
    draw();
  });
})();
