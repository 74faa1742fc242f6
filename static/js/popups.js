/* Whatever pops up lies in the top layer, where no box around it can cut it off, and
   is placed beside what opened it. Dialogs and the menu are there by themselves. */
(() => {
  "use strict";

  const GAP = 4;
  const EDGE = 8;
  const LOWEST = 96;

  /* Put a panel below its anchor, or above where there is more room, within the window. */
  const place = (panel, anchor, { toEnd = false } = {}) => {
    const box = anchor.getBoundingClientRect();
    const below = window.innerHeight - box.bottom - GAP - EDGE;
    const above = box.top - GAP - EDGE;
    panel.style.maxHeight = "";
    const isAbove = panel.offsetHeight > below && above > below;
    panel.style.maxHeight = `${Math.max(isAbove ? above : below, LOWEST)}px`;
    const left = toEnd ? box.right - panel.offsetWidth : box.left;
    const rightmost = document.documentElement.clientWidth - panel.offsetWidth - EDGE;
    const top = isAbove ? box.top - GAP - panel.offsetHeight : box.bottom + GAP;
    panel.style.left = `${Math.max(EDGE, Math.min(left, rightmost))}px`;
    panel.style.top = `${Math.max(EDGE, top)}px`;
  };

  /* Lift a panel into the top layer and keep it beside its anchor, also when it grows;
     or let it go. */
  const raise = (panel, anchor, options) => {
    if (!panel.placeAgain) new ResizeObserver(() => panel.placeAgain()).observe(panel);
    panel.placeAgain = () => place(panel, anchor, options);
    panel.popover = "manual";
    if (!panel.matches(":popover-open")) panel.showPopover();
    panel.placeAgain();
  };
  const lower = (panel) => {
    if (panel.popover && panel.matches(":popover-open")) panel.hidePopover();
  };

  const follow = () => {
    document.querySelectorAll(":popover-open").forEach((panel) => panel.placeAgain?.());
  };
  window.addEventListener("scroll", follow, { capture: true, passive: true });
  window.addEventListener("resize", follow);

  Object.assign(crm, { raise, lower });

  /* A fold: a summary and the panel that it opens. */

  crm.each("details.fold", (fold) => {
    const panel = fold.querySelector(".fold-panel");
    fold.addEventListener("toggle", () => {
      if (!fold.open) return lower(panel);
      raise(panel, fold.querySelector("summary"), { toEnd: true });
    });
  });

  /* A link to a page of settings becomes a fold: its form comes when it is opened. */

  const panelOf = async (address) => {
    const answer = await crm.ask(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-panel-content]").childNodes;
  };

  crm.each("a[data-panel]", (link) => {
    const fold = document.createElement("details");
    const summary = document.createElement("summary");
    const panel = document.createElement("div");
    fold.className = "fold";
    summary.className = link.className;
    panel.className = "fold-panel";
    summary.append(...link.childNodes);
    fold.append(summary, panel);
    if ("settings" in link.dataset) fold.dataset.settings = link.href;
    link.replaceWith(fold);
    let isBrought = false;
    const bring = async () => {
      if (!fold.open || isBrought) return;
      isBrought = true;
      panel.replaceChildren();
      const end = crm.wait(panel);
      try {
        panel.replaceChildren(...(await panelOf(link.href)));
        crm.prepare(panel);
        htmx.process(panel);
      } catch (error) {
        isBrought = false;
        panel.replaceChildren(crm.failure(crm.wordsOf(error), bring));
      }
      end();
    };
    fold.addEventListener("toggle", bring);
    crm.prepare(fold);
  });

  const close = (keep) => {
    document.querySelectorAll("details.fold[open]").forEach((fold) => {
      if (!fold.contains(keep)) fold.open = false;
    });
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog).showModal();
    close(event.target);
  });

  document.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && event.target.closest?.("details.fold[open]");
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
})();
