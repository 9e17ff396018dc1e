// The colours, once: the build writes them into the style sheet, the test measures their contrast.

export const light = {
  paper: "#fbfaf7",
  surface: "#ffffff",
  sunk: "#f3f0e8",
  ink: "#1d2a35",
  "ink-soft": "#4d5b66",
  line: "#dcd7cb",
  "line-strong": "#7b8790",
  jade: "#12695c",
  "jade-deep": "#0c4f45",
  "jade-soft": "#e2efeb",
  "on-jade": "#ffffff",
  vermilion: "#b8391f",
  "vermilion-deep": "#8f2b17",
  "vermilion-soft": "#faeae5",
  "on-vermilion": "#ffffff",
  amber: "#7a5200",
  "amber-soft": "#fbf0d8",
  good: "#1d6138",
  "good-soft": "#e5f2e8",
  calm: "#2c4d68",
  "calm-soft": "#e7eef4",
  focus: "#1d5fa8",
};

export const dark = {
  paper: "#13191e",
  surface: "#1b232a",
  sunk: "#0e1317",
  ink: "#ece9e2",
  "ink-soft": "#b4bec6",
  line: "#35414a",
  "line-strong": "#8896a0",
  jade: "#74cbbb",
  "jade-deep": "#9adfd2",
  "jade-soft": "#17352f",
  "on-jade": "#08211c",
  vermilion: "#f4967f",
  "vermilion-deep": "#f9b5a4",
  "vermilion-soft": "#3c201a",
  "on-vermilion": "#2a0d06",
  amber: "#eabf63",
  "amber-soft": "#362b15",
  good: "#8ed3a7",
  "good-soft": "#18321f",
  calm: "#a9c8e1",
  "calm-soft": "#1c2d3a",
  focus: "#8bbcf2",
};

/** Chart series that colour-blind people tell apart (after Okabe and Ito). */
export const series = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];

/** Words on grounds, as the style sheet uses them: each at least 4.5 : 1. */
export const words = [
  ...["paper", "surface", "sunk"].flatMap((ground) => [
    ["ink", ground],
    ["ink-soft", ground],
    ["jade", ground],
    ["jade-deep", ground],
    ["vermilion", ground],
    ["amber", ground],
    ["good", ground],
    ["calm", ground],
  ]),
  ["ink", "jade-soft"],
  ["ink-soft", "jade-soft"],
  ["jade-deep", "jade-soft"],
  ["ink", "vermilion-soft"],
  ["vermilion", "vermilion-soft"],
  ["vermilion-deep", "vermilion-soft"],
  ["ink", "amber-soft"],
  ["amber", "amber-soft"],
  ["ink", "good-soft"],
  ["good", "good-soft"],
  ["ink", "calm-soft"],
  ["calm", "calm-soft"],
  ["on-jade", "jade"],
  ["on-jade", "jade-deep"],
  ["on-vermilion", "vermilion"],
  ["on-vermilion", "vermilion-deep"],
];

/** Edges of controls and the focus ring on grounds: each at least 3 : 1. */
export const edges = [
  ...["paper", "surface", "sunk", "jade-soft"].flatMap((ground) => [
    ["line-strong", ground],
    ["focus", ground],
  ]),
];

/** The shade below what lies on the page. */
const shades = { light: "rgb(29 42 53 / 7%)", dark: "rgb(0 0 0 / 35%)" };

const lines = (colours) => Object.entries(colours).map(([name, value]) => `--${name}:${value};`).join("");

/** The style sheet of the colours: as the device has it, or as the reader chose. */
export function tokensCss() {
  const chart = series.map((value, index) => `--series-${index + 1}:${value};`).join("");
  return [
    `:root{color-scheme:light;${lines(light)}--shade:${shades.light};${chart}}`,
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme="light"]){color-scheme:dark;${lines(dark)}--shade:${shades.dark};}}`,
    `@media screen{:root[data-theme="dark"]{color-scheme:dark;${lines(dark)}--shade:${shades.dark};}}`,
  ].join("\n");
}
