"""The reference engine (PyPI red-dwarf) on a Polis export: the whole pipeline from parsed votes, and its memory.

Run by benches/map.rs. Imports and reading are not counted as time.
"""

import csv
import statistics
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
from reddwarf.implementations.polis import run_pipeline  # noqa: E402


def memory(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0.0


folder = Path(sys.argv[1])
with open(folder / "participants-votes.csv", newline="") as file:
    rows = list(csv.reader(file))
header = rows[0]
first = header.index("n-disagree") + 1
person = header.index("participant")
votes = [
    {"participant_id": int(row[person]), "statement_id": int(name), "vote": int(cell), "modified": 0}
    for row in rows[1:]
    for name, cell in zip(header[first:], row[first:])
    if cell != ""
]
with open(folder / "comments.csv", newline="") as file:
    out = [int(row["comment-id"]) for row in csv.DictReader(file) if row["moderated"] == "-1"]
del rows
before = memory("VmRSS:")
times = []
for turn in range(4):
    start = time.perf_counter()
    result = run_pipeline(votes=votes, mod_out_statement_ids=out, random_state=1)
    # The first turn also loads what is imported late.
    if turn > 0:
        times.append(time.perf_counter() - start)
peak = memory("VmHWM:")
groups = result.participants_df["cluster_id"].nunique()
print(
    f"  red-dwarf: seconds {statistics.median(times):.4f} (median of 3), peak MB {peak:.1f}, "
    f"grown MB {peak - before:.1f}, k {groups}"
)
