/** Checks a receipt of the public log (C2SP tlog-proof) in the browser. Nothing is sent anywhere. */
interface Key {
  name: string;
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is wrong, as the key of its sentence in the page. */
class Wrong extends Error {
  constructor(readonly why: string) {
    super(why);
  }
}

const utf8 = new TextEncoder();

function bytesOf(base64: string, otherwise: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    throw new Wrong(otherwise);
  }
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

/** The types of a key: that of a log, and that of a witness, which signs with its time. */
const LOG = 1;
const WITNESS = 4;

async function keyOf(text: string, type: number, otherwise: string): Promise<Key> {
  const [name, id, ...rest] = text.trim().split("+");
  const material = bytesOf(rest.join("+"), otherwise);
  if (!name || !id || material.length !== 33 || material[0] !== type) throw new Wrong(otherwise);
  const mark = await sha256(utf8.encode(`${name}\n`), material);
  if (hex(mark.slice(0, 4)) !== id) throw new Wrong(otherwise);
  return { name, id, bytes: material.slice(1) };
}

/** What a key has signed under a note; nothing where it has not. */
function signatureOf(key: Key, lines: string): Uint8Array<ArrayBuffer> | undefined {
  return lines
    .split("\n")
    .map((line) => line.match(/^\u2014 (\S+) (\S+)$/))
    .filter((found) => found?.[1] === key.name)
    .map((found) => bytesOf(found?.[2] ?? "", "noReceipt"))
    .find((bytes) => hex(bytes.slice(0, 4)) === key.id)
    ?.slice(4);
}

async function isSignedBy(key: Key, signature: BufferSource, text: string): Promise<boolean> {
  let signer: CryptoKey;
  try {
    signer = await crypto.subtle.importKey("raw", key.bytes, "Ed25519", false, ["verify"]);
  } catch {
    throw new Wrong("unable");
  }
  return crypto.subtle.verify("Ed25519", signer, signature, utf8.encode(text));
}

/** When a witness has signed a note (C2SP tlog-cosignature); nothing where it has not. */
async function witnessed(key: Key, body: string, lines: string): Promise<Date | undefined> {
  const bytes = signatureOf(key, lines);
  if (!bytes) return undefined;
  if (bytes.length !== 72) throw new Wrong("falseWitness");
  const seconds = new DataView(bytes.buffer).getBigUint64(0);
  const text = `cosignature/v1\ntime ${seconds}\n${body}`;
  if (!(await isSignedBy(key, bytes.slice(8), text))) throw new Wrong("falseWitness");
  return new Date(Number(seconds) * 1000);
}

/** RFC 9162, section 2.1.3.2; places are larger than 2^31, so no bit operations on numbers. */
async function rootFrom(leaf: Uint8Array, index: bigint, size: bigint, path: Uint8Array[]): Promise<Uint8Array> {
  const left = Uint8Array.of(1);
  let [node, last, hash] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) throw new Wrong("elsewhere");
    if (node & 1n || node === last) {
      hash = await sha256(left, sibling, hash);
      while (!(node & 1n) && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = await sha256(left, hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw new Wrong("elsewhere");
  return hash;
}

interface Checked {
  origin: string;
  index: bigint;
  size: bigint;
  entry: string;
  texts: string[];
  /** The witnesses that were named, each with when it has signed, if it has. */
  witnesses: { name: string; at: Date | undefined }[];
}

/** Checks a receipt against the key of its log, and witnesses by theirs, one in a line; throws [[Wrong]] where it proves nothing. */
export async function check(receipt: string, keyText: string, witnessKeys = ""): Promise<Checked> {
  const key = await keyOf(keyText, LOG, "noKey");
  const lines = witnessKeys.split("\n").filter((line) => line.trim());
  const named = await Promise.all(lines.map((line) => keyOf(line, WITNESS, "noWitness")));
  const text = receipt.replace(/\r\n/g, "\n").trim() + "\n";
  const cut = text.indexOf("\n\n");
  const end = text.lastIndexOf("\n\n");
  if (cut < 0 || end <= cut) throw new Wrong("noReceipt");
  const [head, extraLine, indexLine, ...hashes] = text.slice(0, cut).split("\n");
  const extra = extraLine?.match(/^extra (\S+)$/)?.[1];
  const place = indexLine?.match(/^index (0|[1-9]\d{0,18})$/)?.[1];
  if (head !== "c2sp.org/tlog-proof@v1" || !extra || !place) throw new Wrong("noReceipt");
  const path = hashes.map((line) => bytesOf(line, "noReceipt"));
  if (path.length > 64 || path.some((hash) => hash.length !== 32)) throw new Wrong("noReceipt");

  const body = text.slice(cut + 2, end + 1);
  const [origin, sizeLine, rootLine] = body.split("\n");
  if (!origin || !sizeLine?.match(/^(0|[1-9]\d{0,18})$/) || !rootLine) throw new Wrong("noReceipt");
  if (origin !== key.name) throw new Wrong("unsigned");
  const signatures = text.slice(end + 2);
  const signature = signatureOf(key, signatures);
  if (!signature) throw new Wrong("unsigned");
  if (!(await isSignedBy(key, signature, body))) throw new Wrong("false");
  const witnesses: Checked["witnesses"] = [];
  for (const witness of named) witnesses.push({ name: witness.name, at: await witnessed(witness, body, signatures) });

  let told: { entry?: unknown; texts?: Record<string, { salt: string; text: string }> };
  try {
    told = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(extra, "noReceipt")));
  } catch {
    throw new Wrong("noReceipt");
  }
  if (typeof told.entry !== "string") throw new Wrong("noReceipt");
  const [index, size] = [BigInt(place), BigInt(sizeLine)];
  if (index >= size) throw new Wrong("elsewhere");
  const leaf = await sha256(Uint8Array.of(0), utf8.encode(told.entry));
  const root = await rootFrom(leaf, index, size, path);
  if (!same(root, bytesOf(rootLine, "noReceipt"))) throw new Wrong("elsewhere");

  const entry = JSON.parse(told.entry);
  const texts: string[] = [];
  for (const [field, opened] of Object.entries(told.texts ?? {})) {
    const salt = Uint8Array.from(String(opened.salt).match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const made = hex(await sha256(salt, utf8.encode(String(opened.text))));
    if (made !== entry.public?.[field]?.salted_sha256) throw new Wrong("text");
    texts.push(String(opened.text));
  }
  return { origin, index, size, entry: JSON.stringify(entry, null, 2), texts, witnesses };
}

export function receipts(root: Document): void {
  const panel = root.querySelector<HTMLElement>("[data-ledger-verify]");
  if (!panel) return;
  const file = panel.querySelector<HTMLInputElement>("#receipt-file");
  const area = panel.querySelector<HTMLTextAreaElement>("#receipt-text");
  const key = panel.querySelector<HTMLInputElement>("#receipt-key");
  const witnesses = panel.querySelector<HTMLTextAreaElement>("#receipt-witnesses");
  const button = panel.querySelector("button");
  const outcome = panel.querySelector("output");
  if (!file || !area || !key || !witnesses || !button || !outcome) return;
  panel.hidden = false;
  const say = (tag: string, text: string, name = ""): HTMLElement => {
    const element = root.createElement(tag);
    element.textContent = text;
    element.className = name;
    return element;
  };
  const run = async (): Promise<void> => {
    outcome.replaceChildren();
    try {
      if (!crypto.subtle) throw new Wrong("unable");
      const found = await check(area.value, key.value, witnesses.value);
      outcome.append(
        say("p", `✓ ${panel.dataset["good"] ?? ""}`, "flash flash-good"),
        say("p", `${panel.dataset["log"] ?? ""}: ${found.origin}`),
        say("p", `${panel.dataset["entry"] ?? ""}: ${found.index + 1n} / ${found.size}`),
        ...found.witnesses.map(({ name, at }) =>
          at
            ? say("p", `✓ ${name}: ${panel.dataset["witnessed"] ?? ""} ${at.toLocaleString(root.documentElement.lang)}`)
            : say("p", `${name}: ${panel.dataset["unwitnessed"] ?? ""}`, "flash flash-warn"),
        ),
        ...found.texts.map((text) => say("p", `${panel.dataset["said"] ?? ""}: ${text}`)),
        say("pre", found.entry),
      );
    } catch (error) {
      const why = error instanceof Wrong ? error.why : "noReceipt";
      const mark = why === "unable" ? "" : `✗ ${panel.dataset["bad"] ?? ""}: `;
      outcome.append(say("p", `${mark}${panel.dataset[why] ?? why}`, why === "unable" ? "flash flash-warn" : "flash flash-bad"));
    }
  };
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    void chosen.text().then((text) => {
      area.value = text;
      return run();
    });
  });
  panel.addEventListener("dragover", (event) => event.preventDefault());
  panel.addEventListener("drop", (event) => {
    const dropped = event.dataTransfer?.files[0];
    if (!dropped) return;
    event.preventDefault();
    void dropped.text().then((text) => {
      area.value = text;
      return run();
    });
  });
  button.addEventListener("click", () => void run());
}
