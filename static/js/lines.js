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
    crm.prepare(line);
    window.htmx?.process(line);
    return line;
  };

  const formset = (box) => {
    const add = box.querySelector("[data-add-line]");
    add.hidden = false;
    add.addEventListener("click", () => {
      addLine(box).querySelector("input:not([type=hidden]), select")?.focus();
    });
  };

  crm.addLine = addLine;
  crm.each("[data-formset]", formset);
  crm.each("[data-formset] tbody .line", prepareLine);
})();

/* What the lines of a contract come to, while they are typed: the price of a product
   that is chosen, the amount of each line, their sum. */
(() => {
  "use strict";

  /* A number in ten thousandths, null for what is none: whole numbers add up exactly. */
  const PLACES = 4;
  const WHOLE = 10n ** BigInt(PLACES);
  const number = (field, empty = "") => {
    const text = field?.value.replaceAll(",", "").trim() || empty;
    const [, whole, fraction] = text.match(/^(\d+)(?:\.(\d{0,4}))?$/) || [];
    return whole === undefined ? null : BigInt(whole + (fraction || "").padEnd(PLACES, "0"));
  };
  const plain = (cents) => `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
  const money = (cents) =>
    `${(cents / 100n).toLocaleString("en-US")}${plain(cents).slice(-3)}`;
  const of = (line, name) => line.querySelector(`[name$="-${name}"]`);
  /* What all lines bear, in a form that has such a field. */
  const onAll = (box) => box.closest("form").querySelector('[name="discount"]');

  const isKept = (line) => {
    const isBegun = ["product", "quantity", "unit_price"].some((name) => of(line, name)?.value);
    return isBegun && !of(line, "DELETE")?.checked;
  };

  /* What is taken off a line in all: its own discount, then that on everything of what is
     left, to a hundredth of a percent (sales/guards/quotation_lines.py). */
  const ALL = 100n * WHOLE;
  const HUNDREDTH = WHOLE / 100n;
  const inAll = (line, box) => {
    const own = number(of(line, "discount"), "0");
    const whole = number(onAll(box), "0");
    if (own === null || whole === null || own > ALL || whole > ALL) return null;
    const off = ALL * ALL - (ALL - own) * (ALL - whole);
    return ((2n * off + HUNDREDTH * ALL) / (2n * HUNDREDTH * ALL)) * HUNDREDTH;
  };

  /* The cents of a line as PostgreSQL will have them (contracts/rounding.py), null where
     something is missing. */
  const amountOf = (line, discount) => {
    const quantity = number(of(line, "quantity"));
    const price = number(of(line, "unit_price"));
    if ([quantity, price, discount].includes(null)) return null;
    const cents = quantity * price * (ALL - discount);
    return (2n * cents + WHOLE ** 3n) / (2n * WHOLE ** 3n);
  };
  const sumOf = (amounts) => amounts.reduce((before, amount) => before + amount, 0n);

  const priceOf = (select) => {
    const known = select.tomselect?.options[select.value]?.price;
    return known ?? select.selectedOptions[0]?.dataset.price ?? "";
  };

  /* A price is the product's until another is typed; only then it stays with the line. */
  const follow = (select) => {
    const line = select.closest(".line");
    const price = of(line, "unit_price");
    if (price.value && Number(price.value) !== Number(line.dataset.price)) return;
    price.value = line.dataset.price = priceOf(select);
  };

  const begin = (line) => {
    const select = of(line, "product");
    line.dataset.price = priceOf(select);
    line.toggleAttribute("data-priced", Boolean(of(line, "id")?.value));
    select.addEventListener("change", () => {
      line.removeAttribute("data-priced");
      line.querySelector(".line-listed")?.remove();
      of(line, "unit_price").readOnly = false;
      follow(select);
    });
    const amount = document.createElement("td");
    amount.className = "number line-amount";
    const label = document.createElement("span");
    label.className = "visually-hidden";
    label.textContent = crm.texts.lineAmount;
    amount.append(label, document.createElement("output"));
    line.querySelector(".line-remove").before(amount);
  };

  /* What a price list says of a line is filled in as the product's price is. A line that
     is stored keeps its price until another product is chosen. */
  const keepTo = (line, { price, forced, said }) => {
    const field = of(line, "unit_price");
    const isTyped = field.value && Number(field.value) !== Number(line.dataset.price);
    if (!line.hasAttribute("data-priced") && (forced || !isTyped)) {
      field.value = line.dataset.price = price;
      field.readOnly = forced;
    }
    let hint = line.querySelector(".line-listed");
    if (!hint) {
      hint = document.createElement("div");
      hint.className = "form-hint line-listed";
      hint.setAttribute("role", "status");
      field.after(hint);
    }
    hint.textContent = said;
  };

  const pricesAt = async (address) => {
    const answer = await crm.ask(address);
    return answer.ok ? (await answer.json()).prices : null;
  };

  let asked = 0;
  const ask = async (box) => {
    const mine = ++asked;
    const query = new URLSearchParams();
    for (const name of ["customer", "signed_on"]) {
      query.set(name, box.closest("form").querySelector(`[name="${name}"]`)?.value ?? "");
    }
    const lines = [...box.querySelectorAll("tbody > .line")].filter(
      (line) => isKept(line) && of(line, "product").value,
    );
    if (!lines.length) return;
    for (const line of lines) {
      query.append("product", of(line, "product").value);
      query.append("quantity", of(line, "quantity").value.replaceAll(",", ""));
    }
    const prices = await pricesAt(`${box.dataset.prices}?${query}`).catch((error) => {
      if (mine === asked) crm.fail(box, crm.wordsOf(error), () => ask(box));
    });
    if (!prices || mine !== asked) return;
    for (const line of lines) {
      const found = prices[of(line, "product").value];
      if (found) keepTo(line, found);
    }
    box.dispatchEvent(new Event("input"));
  };

  const ASKING = /(^(customer|signed_on)|-(product|quantity|DELETE))$/;
  const askAgain = (box) => {
    box.closest("form").addEventListener("change", (event) => {
      if (ASKING.test(event.target.name || "") || event.target.matches(".line")) ask(box);
    });
  };

  const tell = (box, sum) => {
    const lines = [...box.querySelectorAll("tbody > .line")];
    for (const line of lines) {
      const amount = isKept(line) ? amountOf(line, inAll(line, box)) : null;
      const place = line.querySelector(".line-amount output");
      if (place) place.textContent = amount === null ? "" : money(amount);
    }
    const kept = lines.filter(isKept);
    const amounts = kept.map((line) => amountOf(line, inAll(line, box)));
    // A line without a price has no amount: no sum is better than a part of it.
    const isWhole = amounts.length > 0 && !amounts.includes(null);
    sum.textContent = isWhole ? `${crm.texts.sum} ${money(sumOf(amounts))}` : "";
    const discounts = kept.map((line) => Number(of(line, "discount")?.value || 0));
    document.getElementById("forecast")?.setAttribute(
      "hx-vals",
      JSON.stringify({
        lines_total: isWhole ? plain(sumOf(amounts)) : "",
        lines_full: isWhole ? plain(sumOf(kept.map((line) => amountOf(line, 0n)))) : "",
        lines_discount: Math.max(0, ...discounts.filter((one) => !Number.isNaN(one))),
      }),
    );
  };

  crm.each(".line:has([name$='-unit_price'])", begin);
  crm.each("[data-prices]", askAgain);
  crm.each("[data-formset]:has([name$='-unit_price'])", (box) => {
    const head = document.createElement("th");
    head.scope = "col";
    head.className = "number";
    head.textContent = crm.texts.lineAmount;
    box.querySelector("thead .line-remove").before(head);
    const sum = document.createElement("p");
    sum.className = "line-sum";
    box.append(sum);
    box.addEventListener("input", () => tell(box, sum));
    box.addEventListener("change", () => tell(box, sum));
    onAll(box)?.addEventListener("input", () => tell(box, sum));
    tell(box, sum);
  });
})();
