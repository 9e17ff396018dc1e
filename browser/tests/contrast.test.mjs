// Every pair of words and ground that the style sheet uses can be read: WCAG 2.1, 4.5 : 1 for words, 3 : 1 for edges.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dark, edges, light, tokensCss, words } from "../src/tokens.mjs";

function luminance(hex) {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

test("the measure itself is right", () => {
  assert.equal(contrast("#000000", "#ffffff").toFixed(2), "21.00");
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

for (const [theme, colours] of Object.entries({ light, dark })) {
  for (const [least, pairs] of [[4.5, words], [3, edges]]) {
    test(`${theme}: ${pairs.length} pairs reach ${least} : 1`, () => {
      const weak = pairs
        .map(([front, ground]) => [front, ground, contrast(colours[front], colours[ground])])
        .filter(([, , ratio]) => ratio < least)
        .map(([front, ground, ratio]) => `${front} on ${ground}: ${ratio.toFixed(2)}`);
      assert.deepEqual(weak, []);
    });
  }
}

test("both themes have the same colours", () => {
  assert.deepEqual(Object.keys(dark), Object.keys(light));
});

test("the style sheet names colours only through tokens, and only tokens that exist", () => {
  const folder = join(import.meta.dirname, "../src/styles");
  const known = new Set([...tokensCss().matchAll(/--([a-z0-9-]+):/g)].map((found) => found[1]));
  for (const name of readdirSync(folder)) {
    const css = readFileSync(join(folder, name), "utf8");
    for (const own of css.matchAll(/(--[a-z0-9-]+)\s*:/g)) known.add(own[1].slice(2));
  }
  for (const name of readdirSync(folder)) {
    const css = readFileSync(join(folder, name), "utf8").replace(/\/\*[^]*?\*\//g, "");
    assert.deepEqual(css.match(/#[0-9a-f]{3,8}\b(?=[^{]*})|rgba?\(|hsla?\(/gi) ?? [], [], `${name} names a colour of its own`);
    for (const used of css.matchAll(/var\(--([a-z0-9-]+)/g)) assert.ok(known.has(used[1]), `${name}: --${used[1]} does not exist`);
  }
});
