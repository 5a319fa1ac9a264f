/* Draws each figure from the table below it. */
(function () {
  "use strict";
  var TONES = { model: "--c1", baseline: "--c5", actual: "--c2" };
  var GAP = "-";
  var drawn = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }
  function read(table) {
    var columns = Array.from(table.tHead.rows[0].cells, function (cell) {
      return { name: cell.textContent, role: cell.dataset.role, unit: cell.dataset.unit, tone: cell.dataset.tone };
    });
    var rows = Array.from(table.tBodies[0].rows, function (row) {
      return Array.from(row.cells, function (cell) {
        if (cell.dataset.v === undefined) { return cell.textContent.trim(); }
        return cell.dataset.v === "" ? null : Number(cell.dataset.v);
      });
    });
    return { columns: columns, rows: rows };
  }
  function write(value, unit, currency) {
    if (value === null || value === undefined || value === GAP) { return "–"; }
    if (typeof value !== "number") { return value; }
    if (unit === "percent") { return (100 * value).toFixed(Math.abs(value) < 0.1 && value ? 1 : 0) + " %"; }
    var digits = unit === "number" ? 3 : Math.abs(value) >= 1000 || unit === "count" ? 0 : 2;
    var told = value.toLocaleString("en-US", { minimumFractionDigits: unit === "amount" ? digits : 0, maximumFractionDigits: digits });
    return unit === "amount" && currency ? told + " " + currency : told;
  }
  function short(value, unit) {
    if (unit === "percent") { return Math.round(100 * value) + " %"; }
    if (Math.abs(value) >= 1e6) { return value / 1e6 + " M"; }
    return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
  }
  function tone(column, place) { return colour(TONES[column] || "--c" + (place % 5 + 1)); }
  function index(data, role) {
    return data.columns.findIndex(function (column) { return column.role === role; });
  }
  function axis(kind, unit, name) {
    return {
      type: kind, name: name || "", nameLocation: "middle", nameGap: kind === "value" && name ? 32 : 28,
      nameTextStyle: { color: colour("--soft") },
      axisLabel: { color: colour("--soft"), hideOverlap: true, formatter: kind === "value" ? function (value) { return short(value, unit); } : undefined },
      axisLine: { lineStyle: { color: colour("--line") } }, axisTick: { show: false },
      splitLine: { show: kind === "value", lineStyle: { color: colour("--line") } }
    };
  }
  function base(currency, unit) {
    return {
      animation: false, aria: { enabled: false },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      legend: { type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 6, textStyle: { color: colour("--ink") }, pageTextStyle: { color: colour("--soft") }, pageIconColor: colour("--ink"), pageIconInactiveColor: colour("--line") },
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: colour("--surface"), borderColor: colour("--line"),
        textStyle: { color: colour("--ink") },
        valueFormatter: function (value) { return write(value, unit, currency); }
      },
      series: []
    };
  }

  // Series side by side over one x.
  function wide(data, figure) {
    var stacked = figure.dataset.kind === "area";
    var x = index(data, "x");
    var unit = data.columns.find(function (column) { return column.role === "series"; }).unit;
    var option = base(figure.dataset.currency, unit);
    option.xAxis = axis("category", "", figure.dataset.x);
    option.xAxis.boundaryGap = false;
    option.xAxis.data = data.rows.map(function (row) { return row[x]; });
    option.yAxis = axis("value", unit, figure.dataset.y);
    var place = 0;
    data.columns.forEach(function (column, at) {
      if (column.role !== "series") { return; }
      var own = tone(column.tone, place++);
      option.series.push({
        name: column.name, type: "line", symbol: "none", stack: stacked ? "all" : undefined,
        data: data.rows.map(function (row) { return row[at]; }),
        color: own, lineStyle: { width: stacked ? 1 : 2, type: column.tone === "baseline" ? "dashed" : "solid" },
        areaStyle: stacked ? { opacity: 0.35 } : undefined
      });
    });
    if (figure.dataset.x) { option.grid.bottom = 26; }
    if (place < 2) { option.legend.show = false; option.grid.top = 12; }
    return option;
  }
  // One point a line: group, x, y and perhaps an interval.
  function long(data, figure) {
    var dots = figure.dataset.kind === "dots";
    var at = ["group", "x", "y", "lower", "upper"].map(function (role) { return index(data, role); });
    var xUnit = data.columns[at[1]].unit, yUnit = data.columns[at[2]].unit;
    var option = base(figure.dataset.currency, yUnit);
    option.grid.bottom = figure.dataset.x ? 26 : 8;
    option.grid.left = figure.dataset.y ? 40 : 8;
    option.tooltip.trigger = "item";
    option.tooltip.formatter = function (shown) {
      var point = shown.value;
      return echarts.format.encodeHTML(shown.seriesName) + "\n" + write(point[0], xUnit) + " → " + write(point[1], yUnit, figure.dataset.currency);
    };
    option.tooltip.extraCssText = "white-space: pre-line";
    option.xAxis = axis("value", xUnit, figure.dataset.x);
    option.yAxis = axis("value", yUnit, figure.dataset.y);
    option.yAxis.nameGap = 44;
    option.xAxis.scale = option.yAxis.scale = false;
    var groups = new Map();
    data.rows.forEach(function (row) {
      if (!groups.has(row[at[0]])) { groups.set(row[at[0]], []); }
      groups.get(row[at[0]]).push(row);
    });
    var tones = (figure.dataset.tones || "").split(" "), place = 0, most = 0;
    groups.forEach(function (rows, name) {
      var own = tone(tones[place], place), quiet = tones[place] === "baseline";
      place++;
      option.series.push({
        name: name, type: dots ? "scatter" : "line", symbol: dots ? (quiet ? "diamond" : "circle") : "none", symbolSize: 8,
        data: rows.map(function (row) { return [row[at[1]], row[at[2]]]; }), color: own,
        lineStyle: { width: 2, type: quiet ? "dashed" : "solid" }
      });
      rows.forEach(function (row) { most = Math.max(most, row[at[1]], row[at[2]]); });
      if (at[3] < 0) { return; }
      var ends = [];
      rows.forEach(function (row) {
        if (row[at[3]] === null) { return; }
        ends.push([row[at[1]], row[at[3]]], [row[at[1]], row[at[4]]], [GAP, GAP]);
      });
      option.series.push({ name: name, type: "line", symbol: "none", silent: true, data: ends, color: own, lineStyle: { width: 1.5, type: "solid" } });
    });
    if (dots || figure.dataset.kind === "diagonal") {
      option.series.push({ type: "line", symbol: "none", silent: true, data: [[0, 0], [most, most]], color: colour("--soft"), lineStyle: { width: 1, type: "dotted" } });
    }
    return option;
  }
  // Lying bars with intervals, the longest at the top.
  function bars(data, figure) {
    var x = index(data, "x"), y = index(data, "y"), lower = index(data, "lower"), upper = index(data, "upper");
    var unit = data.columns[y].unit;
    var rows = data.rows.slice().reverse();
    var option = base(figure.dataset.currency, unit);
    option.legend.show = false;
    option.grid.top = 4;
    option.grid.bottom = figure.dataset.x ? 26 : 8;
    option.tooltip.axisPointer = { type: "shadow" };
    option.xAxis = axis("value", unit, figure.dataset.x);
    option.yAxis = axis("category", "", "");
    option.yAxis.axisLabel.hideOverlap = false;
    option.yAxis.axisLabel.color = colour("--ink");
    option.yAxis.data = rows.map(function (row) { return row[x]; });
    option.series.push({ name: data.columns[y].name, type: "bar", barMaxWidth: 14, color: colour("--c1"), data: rows.map(function (row) { return row[y]; }) });
    if (lower >= 0) {
      var ends = [];
      rows.forEach(function (row) {
        if (row[lower] !== null) { ends.push([row[lower], row[x]], [row[upper], row[x]], [GAP, row[x]]); }
      });
      option.series.push({ type: "line", symbol: "none", silent: true, data: ends, color: colour("--ink"), lineStyle: { width: 1.5 }, tooltip: { show: false } });
    }
    return option;
  }

  function option(figure) {
    var data = read(figure.querySelector("table"));
    var kind = figure.dataset.kind;
    if (kind === "bars") { return bars(data, figure); }
    return kind === "area" || kind === "line" ? wide(data, figure) : long(data, figure);
  }
  document.querySelectorAll("figure.chart").forEach(function (figure) {
    var canvas = figure.querySelector(".canvas");
    if (figure.dataset.kind === "bars") {
      canvas.style.height = 60 + 26 * figure.querySelectorAll("tbody tr").length + "px";
    }
    var chart = echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(option(figure));
    drawn.push([chart, figure]);
  });
  function redraw() { drawn.forEach(function (one) { one[0].setOption(option(one[1]), true); }); }
  document.addEventListener("portrait-theme", redraw);
  window.addEventListener("resize", function () { drawn.forEach(function (one) { one[0].resize(); }); });
  window.addEventListener("beforeprint", function () { drawn.forEach(function (one) { one[0].resize({ width: 640 }); }); });
  window.addEventListener("afterprint", function () { drawn.forEach(function (one) { one[0].resize(); }); });
})();
