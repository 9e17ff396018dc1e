// Builds browser/dist: app.css, app.js and their compressed twins, which the server embeds.
// Usage: node build.mjs [--watch]
import { context, build } from "esbuild";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tokensCss } from "./src/tokens.mjs";

const here = import.meta.dirname;
const watch = process.argv.includes("--watch");
const dist = join(here, "dist");
// A build that fails leaves the last one where it is.
const out = watch ? dist : join(here, "node_modules/.dist");

/** `@import "tokens"` in the style sheet: the colours of src/tokens.mjs. */
function tokens() {
  return {
    name: "tokens",
    setup(plugin) {
      plugin.onResolve({ filter: /^tokens$/ }, () => ({ path: "tokens", namespace: "tokens" }));
      plugin.onLoad({ filter: /.*/, namespace: "tokens" }, () => ({ contents: tokensCss(), loader: "css" }));
    },
  };
}

/** Compressed once here, so that the server never spends time on it. */
function compressed() {
  return {
    name: "compressed",
    setup(plugin) {
      plugin.onEnd((result) => {
        if (result.errors.length > 0) return;
        for (const name of readdirSync(out)) {
          if (!/\.(css|js|svg|json|webmanifest)$/.test(name)) continue;
          const path = join(out, name);
          const bytes = readFileSync(path);
          const br = brotliCompressSync(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
          });
          const gz = gzipSync(bytes, { level: 9 });
          if (br.length < bytes.length) writeFileSync(`${path}.br`, br);
          if (gz.length < bytes.length) writeFileSync(`${path}.gz`, gz);
          console.log(`${name}: ${bytes.length} bytes, br ${br.length}, gz ${gz.length}`);
        }
      });
    },
  };
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const fixed = join(here, "static");
if (existsSync(fixed)) for (const name of readdirSync(fixed)) copyFileSync(join(fixed, name), join(out, name));

const options = {
  absWorkingDir: here,
  entryPoints: ["src/app.ts", "src/partial.ts", "src/charts.ts", "src/app.css"],
  entryNames: "[name]",
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "esm",
  target: ["es2021", "chrome87", "safari14.1", "firefox78"],
  legalComments: "none",
  logLevel: "warning",
  plugins: [tokens(), compressed()],
};

if (watch) {
  const watcher = await context(options);
  await watcher.watch();
} else {
  await build(options);
  rmSync(dist, { recursive: true, force: true });
  renameSync(out, dist);
}
