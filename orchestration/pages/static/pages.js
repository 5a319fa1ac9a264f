/* Downloads and copies: what is on the page, with the numbers as a machine reads them. */
(function () {
  "use strict";
  function text(cell) {
    var value = cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent.trim();
    // A spreadsheet takes such a beginning for a formula.
    if (cell.dataset.v === undefined && /^[=+\-@\t\r]/.test(value)) { value = "'" + value; }
    return /[",\r\n]/.test(value) ? '"' + value.replace(/"/g, '""') + '"' : value;
  }
  function csv(table) {
    return Array.from(table.rows, function (row) {
      return Array.from(row.cells, text).join(",");
    }).join("\r\n") + "\r\n";
  }
  function save(name, content) {
    var link = document.createElement("a");
    // The mark in front tells spreadsheets that it is UTF-8.
    link.href = URL.createObjectURL(new Blob(["\ufeff" + content], { type: "text/csv" }));
    link.download = name + ".csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.hasAttribute("data-download")) {
      var table = button.closest("figure, section").querySelector("table[data-name]");
      save(table.dataset.name, csv(table));
    }
    if (button.hasAttribute("data-copy")) {
      var code = button.parentElement.querySelector("code:last-of-type, pre code");
      var source = button.parentElement.querySelector("pre") || code;
      var range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
  });
  // What an address points to within something closed is opened.
  function reveal() {
    var there = document.getElementById(window.portrait.here());
    if (!there) { return; }
    var closed = there.closest("details") || there.querySelector("details:not(.source)");
    if (closed) { closed.open = true; }
    there.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
