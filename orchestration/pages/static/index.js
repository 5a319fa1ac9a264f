/* One shop: straight to its overview, in the language chosen last or that of the browser. */
(function () {
  "use strict";
  if (document.body.dataset.shops !== "1" || location.hash === "#all") { return; }
  var wanted = window.portrait.kept("language") || navigator.language || "en";
  var code = wanted.slice(0, 2).toLowerCase() === "zh" ? "zh" : "en";
  var link = document.querySelector('[data-language="' + code + '"]');
  if (link) { location.replace(link.href); }
})();
