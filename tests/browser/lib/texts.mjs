// The texts that people read, from the same Fluent files as the pages: so that the tests find what people see.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

function* localeFiles(folder, language) {
  for (const name of readdirSync(folder)) {
    if (["node_modules", "target", "dist", "out"].includes(name) || name.startsWith(".")) continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* localeFiles(path, language);
    else if (name === `${language}.ftl`) yield path;
  }
}

function load(language) {
  const messages = new Map();
  for (const part of ["foundation", "capabilities", "app"]) {
    for (const path of localeFiles(join(root, part), language)) {
      for (const line of readFileSync(path, "utf8").split("\n")) {
        const found = line.match(/^([a-z][\w-]*)\s*=\s*(.+)$/);
        if (found) messages.set(found[1], found[2].trim());
      }
    }
  }
  return messages;
}

const all = { "zh-CN": load("zh-CN"), en: load("en") };

/** The text of a message on one line, with its values put in. */
export function text(language, key, values = {}) {
  const message = all[language].get(key);
  if (message === undefined) throw new Error(`no text ${key} in ${language}`);
  return message.replace(/\{\s*\$(\w+)\s*\}/g, (_, name) => String(values[name] ?? ""));
}

/** A pattern that matches the text of a message whatever its values are. */
export function pattern(language, key) {
  const message = all[language].get(key);
  if (message === undefined) throw new Error(`no text ${key} in ${language}`);
  const escaped = message.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(escaped.join(".*"));
}
