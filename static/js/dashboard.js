// Draws each chart from the JSON beside it; a bar opens the list of its records, as the table's cells do.
"use strict";

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.init(place);
  const look = getComputedStyle(document.body);
  const font = parseFloat(look.fontSize) * 0.9;
  const text = { color: look.color, fontFamily: look.fontFamily, fontSize: font };
  const line = look.getPropertyValue("--tblr-border-color") || "#dadfe5";
  const narrow = place.clientWidth < 480;
  // 80,000 reads 8万, as people say it.
  const short = (value) => (Math.abs(value) >= 10000 ? value / 10000 + "万" : String(value));
  const suffix = (entry) => (data.percent || entry.percent ? "%" : "");

  const names = {
    type: "category",
    data: data.labels,
    // Districts are read from the top, as in the table.
    inverse: Boolean(data.across),
    axisLabel: text,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: line } },
  };
  const values = {
    type: "value",
    minInterval: data.percent ? undefined : 1,
    max: data.percent ? 100 : undefined,
    splitNumber: narrow ? 3 : 5,
    axisLabel: { ...text, hideOverlap: true, formatter: data.percent ? "{value}%" : short },
    splitLine: { lineStyle: { color: line } },
  };
  const shares = { type: "value", min: 0, max: 100, axisLabel: { ...text, formatter: "{value}%" }, splitLine: { show: false } };
  const mixed = data.series.some((entry) => entry.percent);

  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: text,
    grid: { left: 4, right: data.across ? 24 : 8, top: 8, bottom: narrow ? 60 : 36, containLabel: true },
    legend: { bottom: 0, textStyle: text, itemWidth: 14, itemHeight: 10 },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      confine: true,
      textStyle: { fontSize: font },
      valueFormatter: (value) => (value === null || value === undefined ? "—" : String(value)),
    },
    xAxis: data.across ? values : names,
    yAxis: data.across ? names : mixed ? [values, shares] : values,
    series: data.series.map((entry) => ({
      name: entry.name + (entry.percent ? "（%）" : ""),
      type: entry.line ? "line" : "bar",
      stack: entry.stack,
      yAxisIndex: entry.percent ? 1 : 0,
      color: entry.color,
      barMaxWidth: 22,
      symbolSize: 7,
      connectNulls: false,
      data: entry.values.map((value, n) => ({ value, link: entry.links[n] })),
      tooltip: { valueFormatter: (value) => (value === null || value === undefined ? "—" : value + suffix(entry)) },
    })),
  });
  chart.on("click", (hit) => {
    if (hit.data && hit.data.link) window.location.assign(hit.data.link);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

function drawNew() {
  for (const place of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
    place.dataset.drawn = "";
    draw(place);
  }
}
drawNew();
// Panels that come after the page.
document.addEventListener("htmx:afterSettle", drawNew);
