// Draws the charts of the figures over their tables. A file of its own, with only the parts of ECharts that it needs: pages
// without a chart do not load it, and without it the tables say the same.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

type Kind = "line" | "bars" | "columns";
interface Read {
  names: string[];
  series: { name: string; values: (number | null)[] }[];
}

/** The columns that the chart shows, out of its table. */
function read(table: HTMLTableElement, columns: number[]): Read {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent?.trim() ?? "");
  const rows = [...table.querySelectorAll("tbody tr")];
  const value = (row: Element, column: number) => {
    const text = row.querySelectorAll<HTMLElement>("td")[column]?.dataset["value"];
    return text === undefined ? null : Number(text);
  };
  return {
    names: rows.map((row) => row.querySelector("th")?.textContent?.trim() ?? ""),
    series: columns.map((column) => ({ name: heads[column + 1] ?? "", values: rows.map((row) => value(row, column)) })),
  };
}

function draw(chart: HTMLElement): void {
  const table = chart.querySelector("table");
  const frame = chart.querySelector<HTMLElement>(".table-frame");
  if (!table || !frame || chart.querySelector(".chart-picture")) return;
  const kind = chart.dataset["chart"] as Kind;
  const unit = chart.dataset["unit"] ?? "";
  const { names, series } = read(table, (chart.dataset["series"] ?? "").split(",").map(Number));
  const sideways = kind === "bars";

  const picture = document.createElement("div");
  picture.className = "chart-picture";
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", chart.dataset["label"] ?? "");
  if (sideways) picture.style.height = `${Math.max(12, names.length * 2.75 + 5)}rem`;
  const details = document.createElement("details");
  details.className = "chart-table";
  const summary = document.createElement("summary");
  summary.textContent = chart.dataset["tableWords"] ?? "";
  details.append(summary, frame);
  chart.append(picture, details);

  const drawn = init(picture, null, { renderer: "canvas" });
  const paint = () => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const ink = colour("ink");
    const soft = colour("ink-soft");
    const size = parseFloat(style.fontSize) * 0.875;
    const text = { color: soft, fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily };
    const numbers = { type: "value" as const, axisLabel: { ...text, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: colour("line") } } };
    const words = { type: "category" as const, data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line-strong") } }, axisLabel: { ...text, hideOverlap: true, ...(kind === "columns" ? { interval: 0, hideOverlap: false, width: (picture.clientWidth - 60) / names.length - 4, overflow: "break" as const } : {}), ...(sideways ? { width: Math.min(220, picture.clientWidth / 3), overflow: "truncate" as const } : {}) } };
    // Shares that all lie high are told apart better without the empty space below them.
    const lowest = Math.min(...series.flatMap((one) => one.values.filter((value) => value !== null)));
    const floor = kind === "line" && unit === "%" ? Math.max(0, Math.floor(lowest / 10) * 10 - 10) : 0;
    const marks = ["circle", "rect", "triangle", "diamond"];
    drawn.setOption(
      {
        animation: false,
        color: [1, 2, 3, 4, 5, 6, 7].map((number) => colour(`series-${number}`)),
        textStyle: { fontFamily: text.fontFamily, color: ink },
        grid: { left: 8, right: 16, top: series.length > 1 ? 56 : 16, bottom: 8, containLabel: true },
        legend: series.length > 1 ? { top: 0, left: 0, textStyle: { ...text, color: ink }, itemGap: 16 } : undefined,
        // Rich text is painted, not written into the page: the page allows no styles from elsewhere.
        tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("surface"), borderColor: colour("line-strong"), textStyle: { color: ink, fontSize: size } },
        [sideways ? "xAxis" : "yAxis"]: { ...numbers, min: floor, ...(unit === "%" ? { max: 100 } : { minInterval: 1 }) },
        [sideways ? "yAxis" : "xAxis"]: { ...words, inverse: sideways },
        series: series.map((one, at) =>
          kind === "line"
            ? { type: "line", name: one.name, data: one.values, symbol: marks[at % marks.length], symbolSize: 8, lineStyle: { width: 2.5 }, connectNulls: true }
            : { type: "bar", name: one.name, data: one.values, barMaxWidth: 28, itemStyle: { borderRadius: 3 } },
        ),
      },
      true,
    );
  };
  paint();
  new ResizeObserver(() => {
    drawn.resize();
    paint();
  }).observe(picture);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

for (const chart of document.querySelectorAll<HTMLElement>("[data-chart]")) draw(chart);
