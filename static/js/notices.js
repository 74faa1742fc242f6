/* Following a notice marks it as read, whatever happens to the page meanwhile. */
(() => {
  "use strict";

  const markRead = (event) => {
    const link = event.target.closest("a[data-reads]");
    if (!link) return;
    fetch("/notices/read/", {
      method: "POST",
      keepalive: true,
      body: new URLSearchParams({ ids: link.dataset.reads }),
      headers: {
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
        "X-Requested-With": "fetch",
      },
    });
  };
  document.addEventListener("click", markRead);
  document.addEventListener("auxclick", markRead);
})();
