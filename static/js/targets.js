// What the twelve values of a target come to, while they are typed.
"use strict";

(() => {
  const form = document.getElementById("record-form");
  const place = document.getElementById("target-total");
  if (!form || !place) return;

  const values = [...form.querySelectorAll("input[name^='month_']")];
  const add = () => {
    const cents = values.map((input) => Math.round(Number(input.value.replaceAll(",", "")) * 100));
    // What only the server reads, as 15万, is added up there.
    place.textContent = cents.some(Number.isNaN) ? "…"
      : (cents.reduce((sum, one) => sum + one, 0) / 100)
        .toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  };
  form.addEventListener("input", add);
  add();
})();
