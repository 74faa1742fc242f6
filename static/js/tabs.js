/* Tabs of a record: mark the open one, offer its own "add". A tab is a list that is
   fetched, or a part of the page itself; without script all of these are shown below. */
(() => {
  "use strict";

  const mark = (tab) => {
    const tabs = tab.closest("[data-tabs]");
    tabs.querySelectorAll(".tab").forEach((other) => {
      other.classList.toggle("active", other === tab);
      if (other === tab) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    });
    tabs.querySelectorAll("[data-tab-add]").forEach((link) => {
      link.hidden = link.dataset.tabAdd !== tab.dataset.tab;
    });
    tabs.querySelectorAll("[data-tab-section]").forEach((one) => {
      section(one).classList.toggle("open", one === tab);
    });
    const panel = tabs.querySelector(".tab-panel");
    panel.hidden = Boolean(tab.dataset.tabSection);
    if (!panel.hidden) panel.setAttribute("aria-labelledby", tab.id);
  };

  const section = (tab) => document.getElementById(tab.dataset.tabSection);

  crm.each("[data-tab-section]", (tab) => {
    const part = section(tab);
    const named = location.hash && part.matches(`:has(#${CSS.escape(location.hash.slice(1))})`);
    part.classList.add("tab-section");
    if (named || tab.dataset.open !== undefined) mark(tab);
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      mark(tab);
      history.replaceState(history.state, "", `?tab=${tab.id.slice("tab-".length)}`);
    });
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("[data-tab]")) mark(event.detail.elt);
  });
})();
