/* Before anything is drawn: light or dark, as chosen last, else as the system has it. */
(function () {
  "use strict";
  var root = document.documentElement;
  function kept(name) {
    try { return localStorage.getItem("portrait-" + name); } catch (error) { return null; }
  }
  function keep(name, value) {
    try { localStorage.setItem("portrait-" + name, value); } catch (error) { /* A disk keeps nothing. */ }
  }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function show() {
    root.dataset.theme = kept("theme") || (dark.matches ? "dark" : "light");
  }
  show();
  dark.addEventListener("change", function () {
    show();
    document.dispatchEvent(new Event("portrait-theme"));
  });
  // Paper is light.
  function dress(theme) {
    root.dataset.theme = theme;
    document.dispatchEvent(new Event("portrait-theme"));
  }
  window.addEventListener("beforeprint", function () { dress("light"); });
  window.addEventListener("afterprint", function () { dress(kept("theme") || (dark.matches ? "dark" : "light")); });
  // What stands behind the # of the address; nothing where somebody has cut it in two.
  function here() {
    try { return decodeURIComponent(location.hash.slice(1)); } catch (error) { return ""; }
  }
  window.portrait = { kept: kept, keep: keep, here: here };
  document.addEventListener("click", function (event) {
    var language = event.target.closest("[data-language]");
    if (language) { keep("language", language.dataset.language); }
    if (!event.target.closest("[data-theme-switch]")) { return; }
    var next = root.dataset.theme === "dark" ? "light" : "dark";
    keep("theme", next);
    root.dataset.theme = next;
    document.dispatchEvent(new Event("portrait-theme"));
  });
})();
