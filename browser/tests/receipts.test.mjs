// A receipt that the program has made is checked as a browser checks it, and every forgery is told by its name.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const KEY = "example.com/log+4780f183+Ae1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR";
const sample = readFileSync(join(here, "sample.tlog-proof"), "utf8");

const bundled = await build({
  entryPoints: [join(here, "../src/islands/receipts.ts")],
  bundle: true,
  format: "esm",
  write: false,
});
const { check } = await import(`data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].text).toString("base64")}`);

/** The receipt with another extra part. */
function telling(change) {
  return sample.replace(/^extra (\S+)$/m, (_, extra) => {
    const changed = change(Buffer.from(extra, "base64").toString("utf8"));
    return `extra ${Buffer.from(changed, "utf8").toString("base64")}`;
  });
}

const refused = (receipt, key, why) => assert.rejects(check(receipt, key), (error) => error.why === why);

test("a receipt of the program holds", async () => {
  const found = await check(sample, ` ${KEY}\n`);
  assert.equal(found.origin, "example.com/log");
  assert.equal(found.index, 77n);
  assert.equal(found.size, 300n);
  assert.deepEqual(found.texts, ["路灯已修好"]);
  assert.equal(JSON.parse(found.entry).kind, "appeal.answered");
});

const WITNESS = "witness.example/w1+aa4a09d1+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const ABSENT = "absent.example/w+f05ff542+BBOY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK";

test("witnesses that are named are looked for", async () => {
  const found = await check(sample, KEY, `\n${WITNESS}\n${ABSENT}\n`);
  assert.deepEqual(
    found.witnesses.map(({ name, at }) => [name, at?.toISOString()]),
    [
      ["witness.example/w1", "2023-03-20T12:25:47.000Z"],
      ["absent.example/w", undefined],
    ],
  );
  const refusedWith = (receipt, keys, why) => assert.rejects(check(receipt, KEY, keys), (error) => error.why === why);
  await refusedWith(sample, KEY, "noWitness");
  await refusedWith(sample, "hello", "noWitness");
  const at = sample.lastIndexOf("\n", sample.length - 2);
  const line = sample.slice(at + 1);
  const forged = line.replace(/.{6}\n$/, (end) => (end.startsWith("AAA") ? "BBBBBB\n" : "AAAAAA\n"));
  await refusedWith(sample.slice(0, at + 1) + forged, WITNESS, "falseWitness");
});

test("line ends of another system do no harm", async () => {
  assert.equal((await check(sample.replaceAll("\n", "\r\n"), KEY)).index, 77n);
});

test("each forgery has its own answer", async () => {
  await refused(sample.replace("index 77", "index 76"), KEY, "elsewhere");
  await refused(sample.replace("index 77", "index 300"), KEY, "elsewhere");
  await refused(telling((extra) => extra.replace("appeal.answered", "appeal.accepted")), KEY, "elsewhere");
  await refused(telling((extra) => extra.replace("已修好", "不必修")), KEY, "text");
  await refused(sample.replace("\n300\n", "\n301\n"), KEY, "false");
  await refused(sample.replace("\nexample.com/log\n", "\nexample.com/other\n"), KEY, "unsigned");
  await refused(sample.replace(/^— .*\n/m, "— witness.example/w AAAAAAAA\n"), KEY, "unsigned");
  await refused("hello", KEY, "noReceipt");
  await refused(sample.slice(0, 200), KEY, "noReceipt");
  await refused(sample, KEY.replace("+", "x+"), "noKey");
  await refused(sample, KEY.slice(0, -4), "noKey");
});
