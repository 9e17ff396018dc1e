// A sample city, served by the real program from a folder of its own.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** The built program: GONGZHI_BINARY, or the debug build of this repository. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const path = process.env.GONGZHI_BINARY ?? join(target, "debug/gongzhi");
  if (!existsSync(path)) throw new Error(`${path} is not built: run \`make test\` or \`cargo build -p gongzhi\``);
  return path;
}

/** Starts a sample city with this many appeals; `{ base, log(), stop() }`. */
export async function startCity({ cases = 400 } = {}) {
  const data = mkdtempSync(join(tmpdir(), "gongzhi-browser-"));
  const args = ["demo", "--data", join(data, "city"), "--cases", String(cases), "--listen", "127.0.0.1:0"];
  const child = spawn(binary(), args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let ended = null;
  const exit = new Promise((resolve) => child.on("exit", (code, signal) => resolve((ended = { code, signal }))));
  const base = await new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`no address within 120 s: ${said}`)), 120_000);
    const listen = (chunk) => {
      said += chunk;
      const found = said.match(/http:\/\/127\.0\.0\.1:[1-9]\d*/);
      if (!found) return;
      clearTimeout(patience);
      resolve(found[0]);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    exit.then(({ code }) => reject(new Error(`the city ended with ${code}: ${said}`)));
  });
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${base}/healthz`).catch(() => null);
    if (answer?.ok) break;
    if (ended || tries > 400) throw new Error(`the city does not answer: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    base,
    log: () => said,
    async stop() {
      child.kill("SIGTERM");
      const outcome = await exit;
      rmSync(data, { recursive: true, force: true });
      return outcome;
    },
  };
}
