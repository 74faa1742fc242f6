/* What all our scripts share: the page's texts, and the one place that prepares what
   is on the page now and whatever htmx brings later. Must come first. */
(() => {
  "use strict";

  const preparations = [];

  const prepare = (root) => {
    for (const { selector, action, done } of preparations) {
      const once = (place) => {
        if (done.has(place)) return;
        done.add(place);
        action(place);
      };
      if (root.matches?.(selector)) once(root);
      root.querySelectorAll?.(selector).forEach(once);
    }
  };

  window.crm = {
    texts: document.getElementById("texts").dataset,
    /* Do something to every element of a kind, once, as soon as it is there. */
    each: (selector, action) =>
      preparations.push({ selector, action, done: new WeakSet() }),
    prepare,
  };

  // All scripts have said by then what they prepare: deferred ones run before it.
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
})();
