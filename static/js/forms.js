/* Forms: where one starts, asking first where a form says so, never sending twice. */
(() => {
  "use strict";

  /* Milliseconds after which a form may be sent anew: the page has not gone. */
  const LONGEST_ANSWER = 10_000;
  const LONGEST_UPLOAD = 60_000;

  const patience = (form) => {
    const files = [...form.querySelectorAll("input[type=file]")];
    return files.some((field) => field.files.length) ? LONGEST_UPLOAD : LONGEST_ANSWER;
  };

  /* A form starts at the field that its address names. A new record starts where the
     first thing is missing, or the first one wrong: serial entry needs no mouse. On a phone this would only raise the keyboard. */

  const start = (form) => {
    const named = form.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`);
    if (named) {
      (named.tomselect || named).focus();
      named.scrollIntoView({ block: "center" });
      return;
    }
    if (!form.elements.form_token || !matchMedia("(pointer: fine)").matches) return;
    const fields = [...form.elements].filter((field) => field.closest("[data-field]"));
    const own = fields.filter((field) => field.name && !["checkbox", "submit"].includes(field.type));
    const missing = own.filter((field) => !field.value);
    const place = missing.find((field) => field.required) || missing[0];
    (place?.tomselect || place)?.focus();
  };

  /* What was refused shows the first thing that is wrong, whichever form it is. */
  const begin = (form) => {
    const field = [...form.elements].find((one) => one.matches(".is-invalid"));
    const wrong = field || form.querySelector(".invalid-feedback, .note-error");
    if (!wrong) return start(form);
    if (matchMedia("(pointer: fine)").matches) (field?.tomselect || field)?.focus();
    wrong.scrollIntoView({ block: "center" });
  };

  /* The browser would say what was chosen in its own language, whatever the page's is. */
  const tellFiles = (field) => {
    const said = field.parentElement.querySelector(".file-none");
    const none = said.textContent;
    const tell = () => {
      const names = [...field.files].map((file) => file.name);
      const more = names.length > 1 ? `${names.length} ${crm.texts.files}: ` : "";
      said.textContent = names.length ? more + names.join(", ") : none;
    };
    field.addEventListener("change", tell);
    field.form?.addEventListener("reset", () => setTimeout(tell));
    tell();
  };

  const ask = (form, submitter, question) => {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("#confirm-text").textContent = question;
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        form.dataset.confirmed = "yes";
        form.requestSubmit(submitter);
      },
      { once: true },
    );
    dialog.showModal();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (event.submitter?.formMethod === "dialog") return; // parts/no_default.html
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      ask(form, event.submitter, question);
    } else if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
    } else if (![form, event.submitter].some((sent) => sent && "repeatable" in sent.dataset)) {
      form.setAttribute("aria-busy", "true");
      setTimeout(() => form.removeAttribute("aria-busy"), patience(form));
    }
  });

  const release = (form) => form.removeAttribute("aria-busy");

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy]").forEach(release);
  });

  /* A file takes no other page's place: this one says, after a while, that it came. */
  crm.each("form[data-sends-file]", (form) => {
    form.addEventListener("submit", () => {
      setTimeout(() => {
        release(form);
        form.querySelector("[data-sent]").hidden = false;
      }, 3000);
    });
  });

  crm.each("form.record-form", begin);
  crm.each(".file-field > input", tellFiles);
  /* What is offered only where a question can be asked first. */
  crm.each("[data-scripted]", (part) => {
    part.hidden = false;
  });
})();
