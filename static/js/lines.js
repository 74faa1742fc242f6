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
    if (box.dataset.ready) return;
    box.dataset.ready = "yes";
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
