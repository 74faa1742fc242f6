/* Days and moments are typed as 2026-11-26 and 2026-11-26 09:30 in every browser; a
   small calendar and a few words help. What is typed otherwise and is a day is put so. */
(() => {
  "use strict";

  const { texts } = crm;
  const language = document.documentElement.lang;
  const WRITTEN =
    /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T\s]*(\d{1,2}):(\d{2}).*)?$/;
  const MORNING = "09:00";

  const two = (number) => String(number).padStart(2, "0");
  const iso = (date) => date.toISOString().slice(0, 10);
  const dateOf = (day) => new Date(`${day}T00:00:00Z`);
  // Swedes write days so; the company's day, not that of the traveller's clock.
  const today = () =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());

  const later = (day, { days = 0, months = 0 }) => {
    const date = dateOf(day);
    const wanted = date.getUTCDate();
    if (months) {
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() + months);
      const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0));
      date.setUTCDate(Math.min(wanted, last.getUTCDate()));
    }
    date.setUTCDate(date.getUTCDate() + days);
    return iso(date);
  };

  /* Return {day, time} of what somebody typed, or null. */
  const read = (text) => {
    const found = WRITTEN.exec(text.normalize("NFKC").trim());
    if (!found) return null;
    const [, year, month, date, month8, date8, hour, minute] = found;
    const day = `${year}-${two(month ?? month8)}-${two(date ?? date8)}`;
    const real = dateOf(day);
    if (Number.isNaN(real.getTime()) || iso(real) !== day) return null;
    return { day, time: hour ? `${two(hour)}:${minute}` : "" };
  };

  const put = (input, text) => {
    if (input.value === text) return;
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const choose = (input, day) => {
    const isMoment = input.dataset.date === "moment";
    const time = read(input.value)?.time || MORNING;
    put(input, isMoment ? `${day} ${time}` : day);
  };

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[data-date]")) return;
    const found = read(target.value);
    if (found) put(target, found.time ? `${found.day} ${found.time}` : found.day);
  });

  /* The calendar: one at a time. */

  let open = null;

  const button = (words, action, label) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  };

  const close = () => {
    if (!open) return;
    open.panel.remove();
    open.opener.setAttribute("aria-expanded", "false");
    open = null;
  };

  const finish = (day) => {
    const { input } = open;
    choose(input, day);
    close();
    input.focus();
  };

  const dayButton = (day, month, chosen) => {
    const made = button(String(Number(day.slice(8))), () => finish(day), day);
    made.dataset.day = day;
    made.classList.toggle("calendar-outside", day.slice(0, 7) !== month);
    if (day === chosen) made.setAttribute("aria-pressed", "true");
    if (day === today()) made.setAttribute("aria-current", "date");
    return made;
  };

  const draw = (day) => {
    const { panel, input } = open;
    const month = day.slice(0, 7);
    const head = document.createElement("div");
    head.className = "calendar-head";
    const name = document.createElement("b");
    name.textContent = new Intl.DateTimeFormat(language, {
      year: "numeric",
      month: "long",
      timeZone: "UTC",
    }).format(dateOf(day));
    const turn = (months) => () => draw(later(day, { months }));
    head.append(
      button("‹", turn(-1), texts.earlier),
      name,
      button("›", turn(1), texts.later),
    );
    const grid = document.createElement("div");
    grid.className = "calendar-days";
    const first = `${month}-01`;
    const before = (dateOf(first).getUTCDay() + 6) % 7; // weeks begin on Monday
    const chosen = read(input.value)?.day;
    for (let place = 0; place < 42; place += 1) {
      const one = later(first, { days: place - before });
      grid.append(dayButton(one, month, chosen));
    }
    panel.replaceChildren(head, grid, button(texts.today, () => finish(today())));
    panel.lastChild.className = "calendar-today";
    panel.querySelector(`[data-day="${day}"]`).focus();
  };

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  const move = (event) => {
    const { day } = event.target.dataset;
    const months = { PageUp: -1, PageDown: 1 }[event.key];
    if (event.key === "Escape") {
      const { input } = open;
      close();
      input.focus();
    } else if (day && event.key in STEPS) draw(later(day, { days: STEPS[event.key] }));
    else if (day && months) draw(later(day, { months }));
    else return;
    event.preventDefault();
  };

  const show = (input, opener) => {
    const isOpen = open?.input === input;
    close();
    if (isOpen) return;
    const panel = document.createElement("div");
    panel.className = "calendar";
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", texts.calendar);
    panel.addEventListener("keydown", move);
    opener.setAttribute("aria-expanded", "true");
    open = { input, opener, panel };
    input.after(panel);
    crm.raise(panel, input);
    draw(read(input.value)?.day || today());
  };

  document.addEventListener("click", (event) => {
    if (open && event.target.isConnected && !open.panel.parentElement.contains(event.target)) {
      close();
    }
  });
  document.addEventListener("focusin", (event) => {
    if (open && !open.panel.parentElement.contains(event.target)) close();
  });

  /* A word for the days that one promises most. */

  const ahead = (input, box) => {
    const words = document.createElement("span");
    words.className = "dated-words";
    for (const [word, step] of [
      [texts.tomorrow, { days: 1 }],
      [texts.nextWeek, { days: 7 }],
      [texts.nextMonth, { months: 1 }],
    ]) {
      words.append(button(word, () => choose(input, later(today(), step))));
    }
    box.after(words);
  };

  crm.each("input[data-date]", (input) => {
    if (input.closest(".dated")) return;
    const box = document.createElement("span");
    box.className = "dated";
    input.replaceWith(box);
    const opener = button("", () => show(input, opener), texts.calendar);
    opener.tabIndex = -1; // from the field: Alt and the arrow down
    opener.className = "dated-opener";
    opener.setAttribute("aria-expanded", "false");
    box.append(input, opener);
    input.inputMode = "numeric";
    input.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !event.altKey) return;
      event.preventDefault();
      show(input, opener);
    });
    if ("ahead" in input.dataset) ahead(input, box);
  });
})();
