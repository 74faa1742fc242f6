/* Asking the server, by htmx or by a script of ours: what is sent along, how waiting
   looks, and what is said where no answer came. Whatever the person asked for says so
   at its place, with a button to try again; what the page asks by itself is quiet. */
(() => {
  "use strict";

  const { texts } = crm;
  const PATIENCE = 30_000; // milliseconds; as long as the server works on a page at most
  const UNNOTICED = 300; // milliseconds that nobody takes for waiting
  const SIGN_IN = "/login/";

  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  /* Waiting: heard at once, seen after a while. Returns what ends it. */

  const wait = (place) => {
    place.setAttribute("aria-busy", "true");
    const show = () => {
      place.classList.add("is-waiting");
      const isBlank = !place.matches("[aria-live]") && !place.innerText.trim();
      if (isBlank) place.dataset.waiting = texts.loading;
    };
    const timer = setTimeout(show, UNNOTICED);
    return () => {
      clearTimeout(timer);
      place.removeAttribute("aria-busy");
      place.classList.remove("is-waiting");
      delete place.dataset.waiting;
    };
  };

  /* Which button was pressed, for whoever draws a form that is busy. */
  document.addEventListener("submit", ({ target, submitter }) => {
    target.querySelector(".is-pressed")?.classList.remove("is-pressed");
    submitter?.classList.add("is-pressed");
  }, { capture: true });

  /* Failing: one sentence. */

  class Refusal extends Error {
    constructor(words, status) {
      super(words);
      this.status = status;
    }
  }
  const wordsOf = (error) => (error instanceof Refusal ? error.message : texts.failed);

  const unreached = () => (navigator.onLine ? texts.away : texts.offline);
  const overdue = (isSent) => (isSent ? texts.unsure : texts.slow);

  /* What the server says of itself: busy, away, full. */
  const faultIn = (html) =>
    new DOMParser().parseFromString(html || "", "text/html").querySelector("[data-fault]")?.textContent.trim();
  const refused = (status, html) => faultIn(html) || (status >= 500 ? texts.broken : texts.failed);

  const button = (words, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = words;
    made.addEventListener("click", action);
    return made;
  };

  const failure = (words, again) => {
    const note = document.createElement("div");
    const said = document.createElement("div");
    note.className = "note note-error";
    note.setAttribute("role", "alert");
    note.dataset.failure = "";
    said.textContent = words;
    note.append(said);
    if (words === texts.signedOut) {
      const link = document.createElement("a");
      Object.assign(link, { className: "btn btn-sm", href: SIGN_IN, target: "_blank", textContent: texts.signIn });
      note.append(link);
    }
    if (again) {
      // Whoever looks where the click was finds the button still there.
      note.append(button(texts.again, () => setTimeout(() => {
        note.remove();
        again();
      })));
    }
    return note;
  };

  const failedAt = (place) => place.parentElement?.querySelector(":scope > [data-failure]");

  /* Say it before a place; afloat, where nobody would see it there. */
  const fail = (place, words, again) => {
    const note = failure(words, again);
    failedAt(place)?.remove();
    place.before(note);
    if (note.checkVisibility()) note.scrollIntoView({ block: "nearest" });
    else crm.tell([note]);
  };

  /* Our own scripts: an answer that can be read, or a Refusal that says why there is none.
     A form that nobody is signed in for any more leads to the page that asks who one is. */

  const ask = async (address, { signal, ...options } = {}) => {
    const ends = [AbortSignal.timeout(PATIENCE), signal].filter(Boolean);
    const isSent = options.method === "POST";
    let answer;
    try {
      answer = await fetch(address, { ...options, signal: AbortSignal.any(ends) });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Refusal(error.name === "TimeoutError" ? overdue(isSent) : unreached());
    }
    if (answer.redirected && !isSent && new URL(answer.url).pathname === SIGN_IN) {
      throw new Refusal(texts.signedOut, 401);
    }
    if (answer.status >= 500) throw new Refusal(refused(answer.status, await answer.text()), answer.status);
    return answer;
  };

  /* What is noted on the way, whatever becomes of the page. */
  const note = (address, fields) => {
    fetch(address, {
      method: "POST",
      keepalive: true,
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" },
    }).catch(() => {});
  };

  Object.assign(crm, { Refusal, wordsOf, wait, failure, fail, ask, note });

  /* htmx. */

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, headers, parameters } = event.detail;
    headers["X-CSRFToken"] = token();
    if (!elt.matches("[data-drop-empty]")) return;
    for (const name of new Set(Object.keys(parameters))) {
      const filled = [].concat(parameters[name]).filter((value) => value !== "");
      if (filled.length) parameters[name] = filled;
      else delete parameters[name];
    }
    const size = document.querySelector("select[data-chosen]");
    if (size) parameters[size.name] = size.value;
  });

  /* As htmx.ajax; what has failed is told by its events. */
  const bring = (verb, path, options) => htmx.ajax(verb, path, options).catch(() => {});
  crm.bring = bring;

  const waits = new WeakMap();

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target, xhr } }) => {
    if (elt.matches("[data-quiet]")) return;
    failedAt(target)?.remove();
    waits.set(xhr, wait(target));
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => waits.get(detail.xhr)?.());

  const againOf = ({ requestConfig: { elt, verb, path, target }, etc, select }) => () => {
    if (elt.matches("form")) elt.requestSubmit();
    else bring(verb, path, { source: elt, target, select, swap: etc.swapOverride });
  };

  /* What the page looks up while one types is not missed while the bar is there. */
  const isMissed = ({ elt, requestConfig: { triggeringEvent } }) =>
    !elt.matches("[data-quiet]") && (navigator.onLine || !["change", "input", "load"].includes(triggeringEvent?.type));

  const report = (event, words) => {
    const { detail } = event;
    if (isMissed(detail)) fail(detail.target, words, againOf(detail));
  };
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    report(event, refused(status, responseText));
  });
  document.addEventListener("htmx:sendError", (event) => report(event, unreached()));
  document.addEventListener("htmx:timeout", (event) => {
    report(event, overdue(event.detail.requestConfig.verb !== "get"));
  });

  /* While the network is away, a bar says so, and no form is sent into nothing: the
     browser would put a page of its own in the place of what was typed. */

  const bar = document.createElement("div");
  bar.className = "offline-bar";
  bar.setAttribute("role", "status");
  document.querySelector(".shell").before(bar);
  const tell = () => {
    bar.textContent = navigator.onLine ? "" : texts.offline;
  };
  window.addEventListener("offline", tell);
  window.addEventListener("online", tell);
  tell();

  const ANSWERED_HERE = "[hx-get], [hx-post], dialog form, .one-field form";

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (navigator.onLine || form.matches(ANSWERED_HERE)) return;
    event.preventDefault();
    const row = submitter?.closest(".form-buttons, .dialog-buttons");
    fail(row || form, texts.offline, () => form.requestSubmit(submitter));
  }, { capture: true });
})();
