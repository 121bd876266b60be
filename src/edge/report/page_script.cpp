#include "edge/report/page_parts.hpp"

namespace guanxi::edge::report {

std::string_view page_script() {
  return R"js(
(function () {
  "use strict";
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const drawn = [];

  // --- numbers as the reader's language writes them

  function writer(options) {
    const format = new Intl.NumberFormat(figures.locale, options);
    return (value) => (value === null || value === undefined ? "–" : format.format(value));
  }
  function pair(full, short) {
    return { full: writer(full), short: writer({ ...full, ...short }) };
  }
  const compact = { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 };
  const plain = pair({ maximumFractionDigits: 2 }, compact);
  const units = {
    number: plain,
    days: plain,
    money: pair({ style: "currency", currency: figures.currency }, compact),
    percent: pair({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 },
                  { minimumFractionDigits: 0, maximumFractionDigits: 0 }),
  };

  // --- what charts have in common

  function colours() {
    const style = getComputedStyle(root);
    const named = (name) => style.getPropertyValue("--" + name).trim();
    return {
      text: named("text"), muted: named("muted"), line: named("line"), surface: named("surface"),
      series: [1, 2, 3, 4].map((n) => named("series-" + n)),
    };
  }

  // A colour on its way to another, both as #rrggbb.
  function mixed(from, to, part) {
    const at = (colour, i) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
    const channel = (i) => Math.round(at(from, i) + (at(to, i) - at(from, i)) * part);
    return "rgb(" + [0, 1, 2].map(channel).join(", ") + ")";
  }

  function common(chart, c) {
    const several = chart.series.length > 1;
    return {
      animation: false,
      color: c.series,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: c.text },
      legend: several
        ? { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: c.muted } }
        : { show: false },
      grid: { left: 4, right: 8, top: several ? 44 : 24, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis", axisPointer: { type: "shadow" }, confine: true,
        backgroundColor: c.surface, borderColor: c.line, textStyle: { color: c.text },
      },
    };
  }

  function category_axis(chart, c) {
    return {
      type: "category", data: chart.categories, axisTick: { show: false },
      axisLine: { lineStyle: { color: c.line } }, axisLabel: { color: c.muted },
    };
  }

  function value_axis(series, c, first) {
    const unit = series[0].unit;
    const is_part = (value) => value === null || (value >= 0 && value <= 1);
    const parts = unit === "percent" && series.every((s) => s.values.every(is_part));
    return {
      type: "value", axisLabel: { color: c.muted, formatter: units[unit].short },
      splitNumber: 4, splitLine: { show: first, lineStyle: { color: c.line } },
      ...(parts ? { min: 0, max: 1, interval: 0.25 } : {}),
    };
  }

  function label(unit, position, c) {
    return {
      show: true, position: position, color: c.text, fontSize: 12,
      formatter: (mark) => (unit === "money" ? units.money.short : units[unit].full)(mark.value),
    };
  }

  // A bar is seen where its value is small, and not where it is zero.
  function bars(series) {
    const none = { color: "transparent" };
    return {
      type: "bar", barMinHeight: 1.5,
      data: series.values.map((v) => (v === 0 ? { value: v, itemStyle: none } : v)),
    };
  }

  function tip(unit) {
    return { valueFormatter: units[unit].full };
  }

  // --- kinds of charts

  function upright(chart, c, width) {
    const standing = chart.series.filter((s) => !s.line);
    const lines = chart.series.filter((s) => s.line);
    // Values stand above the bars where there is room for them.
    const slot = (width - 50) / chart.categories.length;
    const labelled = standing.length === 1 && !lines.length && slot > 36;
    const option = common(chart, c);
    option.xAxis = category_axis(chart, c);
    if (chart.categories.length <= 8)
      Object.assign(option.xAxis.axisLabel, { interval: 0, rotate: slot < 56 ? 35 : 0 });
    option.yAxis = [value_axis(standing, c, true)];
    if (lines.length) option.yAxis.push(value_axis(lines, c, false));
    option.series = chart.series.map((s) => ({
      name: s.name, data: s.values, tooltip: tip(s.unit),
      ...(s.line || chart.kind === "line"
        ? { type: "line", yAxisIndex: s.line ? 1 : 0, symbol: "circle", symbolSize: 9, z: 3,
            color: s.line ? c.series[2] : undefined, lineStyle: { width: 2.5 },
            itemStyle: { borderColor: c.surface, borderWidth: 1.5 } }
        : { ...bars(s), barMaxWidth: 56, itemStyle: { borderRadius: [4, 4, 0, 0] },
            ...(labelled ? { label: label(s.unit, "top", c) } : {}) }),
    }));
    return option;
  }

  function lying(chart, c, width) {
    const option = common(chart, c);
    const names = Math.max(72, Math.min(170, width * 0.3));
    option.grid.top = chart.series.length > 1 ? 36 : 4;
    option.grid.right = 76;
    option.xAxis = { type: "value", show: false, min: (value) => Math.min(0, value.min) };
    option.yAxis = category_axis(chart, c);
    option.yAxis.inverse = true;
    option.yAxis.axisLine = { show: false };
    option.yAxis.axisLabel = { color: c.text, width: names, overflow: "truncate", interval: 0 };
    option.series = chart.series.map((s) => ({
      ...bars(s), name: s.name, tooltip: tip(s.unit), barMaxWidth: 28,
      itemStyle: { borderRadius: [0, 4, 4, 0] }, label: label(s.unit, "right", c),
    }));
    return option;
  }

  function funnel(chart, c, width) {
    const option = common(chart, c);
    const s = chart.series[0];
    option.grid = undefined;
    option.tooltip.trigger = "item";
    option.series = [{
      type: "funnel", name: s.name, sort: "none", min: 0, max: Math.max(...s.values, 1),
      gap: 3, left: 0, top: 8, bottom: 8,
      width: Math.max(120, width - Math.max(128, width * 0.36)),
      tooltip: tip(s.unit), itemStyle: { borderWidth: 0 },
      labelLine: { length: 22, lineStyle: { color: c.line, width: 1 } },
      label: {
        position: "right", color: c.text, fontSize: 13, lineHeight: 18,
        formatter: (mark) => mark.name + "\n" + units[s.unit].full(mark.value),
      },
      data: chart.categories.map((name, i) => ({
        name: name, value: s.values[i],
        itemStyle: { color: mixed(c.series[0], c.surface, 0.5 * i / chart.categories.length) },
      })),
    }];
    return option;
  }

  const kinds = { column: upright, line: upright, bar: lying, funnel: funnel };

  // --- drawing

  function draw(one) {
    const element = one.element;
    try {
      if (!one.instance)
        one.instance = echarts.init(element, null, { renderer: "svg", locale: figures.charts_in });
      const width = one.width || element.clientWidth;
      one.instance.resize({ width: one.width || "auto", height: "auto" });
      one.instance.setOption(kinds[one.chart.kind](one.chart, colours(), width), true);
    } catch (fault) {
      if (one.instance) one.instance.dispose();
      one.instance = null;
      element.classList.add("failed");
      element.textContent = figures.failed;
      console.error(element.id + " was not drawn:", fault);
    }
  }
  function redraw(paper) {
    for (const one of drawn) {
      if (!one.instance) continue;
      one.width = paper ? 640 : undefined;
      one.element.style.height = paper && one.chart.kind !== "bar" ? "220px" : one.height;
      draw(one);
    }
  }

  for (const chart of figures.charts) {
    const element = document.getElementById(chart.id);
    const one = { chart: chart, element: element, height: element.style.height, instance: null };
    drawn.push(one);
    draw(one);
  }
  const size = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const one = drawn.find((d) => d.element === entry.target);
      if (one.instance && !one.width && one.instance.getWidth() !== one.element.clientWidth)
        draw(one);
    }
  });
  for (const one of drawn) size.observe(one.element);

  // --- appearance: the system's, until the reader chooses

  const key = "guanxi report appearance";
  function remembered() {
    try { return localStorage.getItem(key); } catch (refused) { return null; }
  }
  function remember(theme) {
    try { localStorage.setItem(key, theme); } catch (refused) { /* a choice for this time */ }
  }
  const choices = document.querySelector(".theme");
  function choose(theme) {
    root.dataset.theme = theme;
    for (const input of choices.querySelectorAll("input")) input.checked = input.value === theme;
    redraw();
  }
  choices.hidden = false;
  choices.addEventListener("change", (event) => {
    choose(event.target.value);
    remember(event.target.value);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());
  const before = remembered();
  if (before === "system" || before === "light" || before === "dark") choose(before);

  // --- printing: on white, as wide as the paper, two charts to a page, with every table

  let opened = [];
  let theme = root.dataset.theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
    redraw(true);
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    root.dataset.theme = theme;
    redraw();
  });
})();
)js";
}

}  // namespace guanxi::edge::report
