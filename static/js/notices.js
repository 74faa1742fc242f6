/* Following a notice marks it as read, whatever happens to the page meanwhile. */
(() => {
  "use strict";

  const markRead = (event) => {
    const link = event.target.closest("a[data-reads]");
    if (!link) return;
    crm.note("/notices/read/", { ids: link.dataset.reads });
  };
  document.addEventListener("click", markRead);
  document.addEventListener("auxclick", markRead);
})();
