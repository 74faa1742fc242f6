/* Lines of a form: add one from the template, take one away. */
(() => {
  "use strict";

  const prepareLine = (line) => {
    const tick = line.querySelector('input[name$="-DELETE"]');
    const button = line.querySelector("[data-remove-line]");
    if (!tick || !button) return;
    tick.hidden = true;
    button.hidden = false;
    line.hidden = tick.checked;
    button.addEventListener("click", () => {
      tick.checked = true;
      line.hidden = true;
      line.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  const addLine = (box) => {
    const total = box.querySelector(`[name="${box.dataset.formset}-TOTAL_FORMS"]`);
    const holder = document.createElement("tbody");
    const pattern = box.querySelector("template").innerHTML;
    holder.innerHTML = pattern.replaceAll("__prefix__", total.value);
    const line = holder.firstElementChild;
    box.querySelector("tbody").append(line);
    total.value = Number(total.value) + 1;
    prepareLine(line);
    crm.prepare(line);
    return line;
  };

  const formset = (box) => {
    const add = box.querySelector("[data-add-line]");
    box.querySelectorAll("tbody .line").forEach(prepareLine);
    add.hidden = false;
    add.addEventListener("click", () => {
      addLine(box).querySelector("input:not([type=hidden]), select")?.focus();
    });
  };

  crm.addLine = addLine;
  crm.each("[data-formset]", formset);
})();

/* What the lines of a contract come to, while they are typed. */
(() => {
  "use strict";

  const number = (field) => Number(field?.value.replaceAll(",", "") || NaN);
  const money = (value) =>
    value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  /* The amount of a line as PostgreSQL will have it, null where something is missing. */
  const amountOf = (line) => {
    const find = (name) => line.querySelector(`[name$="-${name}"]`);
    const deleted = find("DELETE")?.checked;
    const full = number(find("quantity")) * number(find("unit_price"));
    const discount = Number(find("discount")?.value || 0);
    if (deleted || Number.isNaN(full)) return null;
    return Math.round(full * (100 - discount) + 1e-6) / 100;
  };

  crm.each("[data-formset]:has([name$='-unit_price'])", (box) => {
    const sum = document.createElement("p");
    sum.className = "line-sum";
    box.append(sum);
    const tell = () => {
      const amounts = [...box.querySelectorAll("tbody > .line")].map(amountOf);
      const known = amounts.filter((amount) => amount !== null);
      const total = known.reduce((before, amount) => before + Math.round(amount * 100), 0) / 100;
      sum.textContent = known.length ? `${crm.texts.sum} ${money(total)}` : "";
    };
    box.addEventListener("input", tell);
    box.addEventListener("change", tell);
    tell();
  });
})();
