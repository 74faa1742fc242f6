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

  const isKept = (line) => {
    const find = (name) => line.querySelector(`[name$="-${name}"]`);
    const isBegun = ["product", "quantity", "unit_price"].some((name) => find(name)?.value);
    return isBegun && !find("DELETE")?.checked;
  };

  /* The amount of a line as PostgreSQL will have it, null where something is missing. */
  const amountOf = (line) => {
    const find = (name) => line.querySelector(`[name$="-${name}"]`);
    const full = number(find("quantity")) * number(find("unit_price"));
    const discount = Number(find("discount")?.value || 0);
    if (Number.isNaN(full)) return null;
    return Math.round(full * (100 - discount) + 1e-6) / 100;
  };

  crm.each("[data-formset]:has([name$='-unit_price'])", (box) => {
    const sum = document.createElement("p");
    sum.className = "line-sum";
    box.append(sum);
    const tell = () => {
      const lines = [...box.querySelectorAll("tbody > .line")].filter(isKept);
      const amounts = lines.map(amountOf);
      // A price left to the product is not known here: no sum is better than a part of it.
      const isWhole = amounts.length > 0 && !amounts.includes(null);
      const cents = amounts.reduce((before, amount) => before + Math.round(amount * 100), 0);
      sum.textContent = isWhole ? `${crm.texts.sum} ${money(cents / 100)}` : "";
    };
    box.addEventListener("input", tell);
    box.addEventListener("change", tell);
    tell();
  });
})();
