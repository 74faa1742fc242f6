/* What all our scripts share: the page's texts, and the one place that prepares what
   is on the page now and whatever htmx brings later. Must come first. */
(() => {
  "use strict";

  const preparations = [];

  const prepare = (root) => {
    for (const [selector, action] of preparations) {
      if (root.matches?.(selector)) action(root);
      root.querySelectorAll?.(selector).forEach(action);
    }
  };

  window.crm = {
    texts: document.getElementById("texts").dataset,
    /* Do something to every element of a kind, once it is there. */
    each: (selector, action) => preparations.push([selector, action]),
    prepare,
  };

  // All scripts have said by then what they prepare: deferred ones run before it.
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
})();
