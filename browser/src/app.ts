// What the browser adds to pages that already work without it. Each island looks for its own elements and leaves
// everything else alone.
import { again } from "./islands/again";
import { charts } from "./islands/charts";
import { copying } from "./islands/copying";
import { drafts } from "./islands/drafts";
import { fields } from "./islands/fields";
import { finding } from "./islands/finding";
import { keys } from "./islands/keys";
import { live } from "./islands/live";
import { partial } from "./islands/partial";
import { position } from "./islands/position";
import { receipts } from "./islands/receipts";
import { sending } from "./islands/sending";
import { steps } from "./islands/steps";
import { switches } from "./islands/switches";

// Drafts come first: what is typed decides what the others show.
for (const island of [switches, drafts, fields, position, finding, steps, copying, sending, keys, live, partial, receipts, charts, again]) {
  try {
    island(document);
  } catch (error) {
    // One island that fails leaves the others and the page as they are.
    console.error(island.name, error);
  }
}
