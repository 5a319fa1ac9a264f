/* Shows the list of customers that the address names; each lies in a script of its own. */
(function () {
  "use strict";
  var panel = document.getElementById("list");
  var names = JSON.parse(document.getElementById("names").textContent);
  var table = panel.querySelector("table");
  var title = panel.querySelector("h2"), note = panel.querySelector(".question");
  var columns = Array.from(table.tHead.rows[0].cells, function (cell) { return cell.dataset; });

  function shown(value, column) {
    if (value === null) { return "–"; }
    if (column.unit === "percent") { return Math.round(100 * value) + " %"; }
    if (column.unit === "count") { return value.toLocaleString("en-US"); }
    if (column.unit === "amount") {
      return Number(value).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    }
    return (names[column.tag] || {})[value] || value;
  }
  // To the page of the customer, where somebody serves it.
  function lead(cell, customer) {
    var link = document.createElement("a");
    link.href = window.portrait.customer(customer);
    link.textContent = cell.textContent;
    cell.replaceChildren(link);
  }
  window.portrait.list = function (list) {
    if (list.key !== wanted()) { return; }
    var body = document.createElement("tbody");
    list.rows.forEach(function (row, number) {
      var line = body.insertRow();
      row.forEach(function (value, at) {
        var cell = line.insertCell();
        cell.textContent = shown(value, columns[at]);
        if (columns[at].column === "customer_id" && window.portrait.customer) { lead(cell, list.ids[number] || value); }
        if (["count", "amount", "percent"].indexOf(columns[at].unit) >= 0) {
          cell.className = "n";
          cell.dataset.v = value === null ? "" : value;
        }
      });
    });
    table.replaceChild(body, table.tBodies[0]);
    note.textContent = panel.dataset.shown.replace("{shown}", list.rows.length.toLocaleString("en-US")).replace("{all}", list.count.toLocaleString("en-US"));
    panel.querySelector(".sql").textContent = list.sql;
    panel.querySelector(".example").textContent = list.rows[0][0];
    panel.querySelector("div").hidden = false;
  };
  var wanted = window.portrait.here;
  function show() {
    if (!wanted()) { return; }
    var link = Array.from(document.querySelectorAll("a[data-file]")).find(function (one) {
      return decodeURIComponent(one.hash.slice(1)) === wanted();
    });
    panel.querySelector("div").hidden = true;
    title.textContent = link ? link.closest("section").querySelector("h2").textContent + ": " + link.textContent : wanted();
    note.textContent = link ? "…" : panel.dataset.missing;
    table.dataset.name = "customers-" + wanted().replace(/[^\w-]+/g, "-");
    if (!link) { return; }
    var script = document.createElement("script");
    script.src = link.dataset.file;
    document.head.appendChild(script);
    panel.scrollIntoView();
  }
  window.addEventListener("hashchange", show);
  show();
})();
