/* Tabs of a record: mark the open one, offer its own "add". */
document.addEventListener("htmx:beforeRequest", (event) => {
  const tab = event.detail.elt;
  if (!tab.matches("[data-tab]")) return;
  const tabs = tab.closest("[data-tabs]");
  tabs.querySelectorAll("[data-tab]").forEach((other) => {
    other.classList.toggle("active", other === tab);
    if (other === tab) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  });
  tabs.querySelectorAll("[data-tab-add]").forEach((link) => {
    link.hidden = link.dataset.tabAdd !== tab.dataset.tab;
  });
  tabs.querySelector(".tab-panel").setAttribute("aria-labelledby", tab.id);
});
