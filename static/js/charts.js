// Pictures of charts, each drawn from the table beside it: there is one source of numbers.
"use strict";

(() => {
  const drawn = new Map(); // section → picture
  let library = null;

  const load = (address) => {
    library ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => resolve(window.echarts));
      script.addEventListener("error", () => {
        library = null; // asked for again with the next charts
        reject();
      });
      document.head.append(script);
    });
    return library;
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const numbersOf = (section) => {
    const heads = [...section.querySelectorAll("thead th")];
    const series = heads.map((head, place) => [head, place]).filter(([head]) => "series" in head.dataset);
    const lines = [...section.querySelectorAll("tbody tr")];
    return {
      names: lines.map((line) => line.cells[0].textContent),
      series: series.map(([head, place]) => ({
        name: head.textContent,
        colour: head.dataset.series,
        links: lines.map((line) => line.cells[place].querySelector("a")),
      })),
    };
  };

  // 12,000,000 is 1200 万 here and 12M elsewhere.
  const short = (value) => new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" }).format(value);

  const options = (section, { names, series }) => {
    const lying = section.dataset.look === "bars";
    const stacked = series.length > 2;
    const ink = colour("--ink-soft");
    const category = {
      type: "category", data: names, inverse: lying, axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--line-strong") } },
      axisLabel: { color: ink, interval: lying ? 0 : "auto", width: lying ? 110 : undefined, overflow: "truncate" },
    };
    const value = {
      type: "value", minInterval: 1, axisLabel: { color: ink, formatter: short },
      splitLine: { lineStyle: { color: colour("--line") } },
    };
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      legend: { show: series.length > 1, type: "scroll", top: 0, textStyle: { color: ink } },
      grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 12, bottom: 8, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" },
        backgroundColor: colour("--paper"), borderColor: colour("--line-strong"), textStyle: { color: colour("--ink") },
        formatter: (points) => [points[0].name, ...points.filter((point) => point.value)
          .map((point) => `${point.seriesName}  ${series[point.seriesIndex].links[point.dataIndex].textContent}`)].join("\n"),
      },
      xAxis: lying ? value : category,
      yAxis: lying ? category : value,
      series: series.map(({ name, colour: place, links }) => ({
        name, type: "bar", itemStyle: { color: colour(`--chart-${place}`) }, stack: stacked ? "all" : undefined, barMaxWidth: 28,
        data: links.map((link) => Number(link.dataset.value)),
      })),
    };
  };

  const draw = (section, echarts) => {
    const numbers = numbersOf(section);
    const place = section.querySelector(".chart-picture");
    if (!drawn.has(section)) {
      place.hidden = false;
      if (section.dataset.look === "bars") {
        place.classList.add(numbers.names.length > 12 ? "chart-tall" : "chart-middle");
      }
      const picture = echarts.init(place);
      picture.on("click", ({ seriesIndex, dataIndex }) => {
        numbers.series[seriesIndex].links[dataIndex].click();
      });
      new ResizeObserver(() => picture.resize()).observe(place);
      section.querySelector("details").open = false;
      drawn.set(section, picture);
    }
    drawn.get(section).setOption(options(section, numbers), true);
  };

  const drawAll = () => {
    const sections = [...document.querySelectorAll("[data-chart]")].filter((section) => !section.querySelector(".nothing"));
    if (!sections.length) return;
    // Without the library there are the tables.
    load(sections[0].dataset.echarts).then((echarts) => sections.forEach((section) => draw(section, echarts)), () => {});
  };

  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  // On paper there is no pointer to ask a bar for its number.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".chart-numbers:not([open])").forEach((folded) => {
      folded.open = true;
      window.addEventListener("afterprint", () => { folded.open = false; }, { once: true });
    });
  });
})();
