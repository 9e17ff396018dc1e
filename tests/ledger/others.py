"""The public log of a running sample city, read by tools that strangers wrote: PyPI `pymerkle`, and Go's own code for
transparency logs and signed notes where Debian's `golang-go` and `golang-golang-x-mod-dev` are installed.

    python others.py PATH/TO/gongzhi
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from pymerkle import InmemoryTree

HERE = os.path.dirname(os.path.abspath(__file__))
GO_SOURCES = "/usr/share/gocode"
TIMEOUT = 120


def get(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read()


class City:
    """A sample city, served by the real program from a folder of its own."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="gongzhi-ledger-")
        data = os.path.join(self.folder.name, "city")
        self.log = open(os.path.join(self.folder.name, "log"), "w+", encoding="utf-8")
        command = [binary, "demo", "--data", data, "--cases", "200", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        self.base = self.wait()

    def said(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def wait(self):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"http://127\.0\.0\.1:[1-9]\d*", self.said())
            if found:
                try:
                    get(found[0] + "/healthz")
                    return found[0] + "/ledger"
                except OSError:
                    pass
            time.sleep(0.05)
        raise RuntimeError("the city does not answer: " + self.said())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.log.close()
        self.folder.cleanup()


class Log:
    """A copy of a log: everything that a stranger can fetch."""

    def __init__(self, base, folder):
        self.base, self.folder = base, folder
        self.old = self.settled(lambda size: size > 10)
        self.checkpoint, before = self.old, b""
        while self.checkpoint != before:
            # Until everything of the sample is sealed.
            time.sleep(1.5)
            self.checkpoint, before = get(base + "/checkpoint"), self.checkpoint
        self.keep("checkpoint", self.checkpoint)
        self.keep("old", self.old)
        self.keep("key", get(base + "/key"))
        self.entries = []
        count = self.size(self.checkpoint)
        level, width = 0, count
        while width > 0:
            for index in range((width + 255) // 256):
                self.fetch(f"tile/{level}/{self.address(index, width)}")
            level, width = level + 1, width // 256
        for index in range((count + 255) // 256):
            bundle = self.fetch(f"tile/entries/{self.address(index, count)}")
            while bundle:
                length = int.from_bytes(bundle[:2], "big")
                self.entries.append(bundle[2 : 2 + length])
                bundle = bundle[2 + length :]
        for index in sorted({0, 1, 255, 256, count // 2, count - 1}):
            self.keep(f"receipts/{index}.tlog-proof", get(f"{base}/entry/{index + 1}/receipt"))

    def settled(self, enough):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            try:
                found = get(self.base + "/checkpoint")
                if enough(self.size(found)):
                    return found
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    raise
            time.sleep(0.05)
        raise RuntimeError("the log does not grow")

    @staticmethod
    def size(checkpoint):
        return int(checkpoint.split(b"\n")[1])

    @staticmethod
    def root(checkpoint):
        return base64.b64decode(checkpoint.split(b"\n")[2])

    @staticmethod
    def address(index, count):
        """The number of a tile among `count` hashes, as C2SP tlog-tiles writes it."""
        digits = f"{index:03}"
        digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
        width = min(256, count - index * 256)
        return path if width == 256 else f"{path}.p/{width}"

    def keep(self, path, data):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def fetch(self, path):
        data = get(f"{self.base}/{path}")
        self.keep(path, data)
        return data


class Others(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = City(BINARY)
        cls.folder = tempfile.TemporaryDirectory(prefix="gongzhi-ledger-copy-")
        cls.log = Log(cls.city.base, cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.city.stop()
        cls.folder.cleanup()

    def test_pymerkle_makes_the_same_roots(self):
        tree = InmemoryTree(algorithm="sha256")
        for entry in self.log.entries:
            tree.append_entry(entry)
        self.assertGreater(len(self.log.entries), 256)
        self.assertEqual(tree.get_size(), self.log.size(self.log.checkpoint))
        self.assertEqual(tree.get_root(), self.log.root(self.log.checkpoint))
        old = self.log.size(self.log.old)
        self.assertEqual(tree.get_root(old), self.log.root(self.log.old))

    def test_entries_are_json_that_is_written_in_one_way(self):
        for entry in self.log.entries:
            value = json.loads(entry)
            self.assertEqual(value["v"], 1)
            # For what our entries hold, Python's sorted compact JSON is that of RFC 8785.
            again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            self.assertEqual(again.encode(), entry)

    def test_go_reads_checkpoint_tiles_and_receipts(self):
        mod = os.path.join(GO_SOURCES, "src/golang.org/x/mod/sumdb/tlog")
        if not shutil.which("go") or not os.path.isdir(mod):
            self.skipTest("Go's code is not here: apt-get install golang-go golang-golang-x-mod-dev")
        environment = {
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": GO_SOURCES,
            "GOCACHE": os.path.join(tempfile.gettempdir(), "gongzhi-go-cache"),
            "GOFLAGS": "",
        }
        program = os.path.join(HERE, "gocheck/main.go")
        command = ["go", "run", program, self.folder.name]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn(f"{len(self.log.entries)} entries", ran.stdout)
        # One byte of a tile, and Go does not believe it.
        path = os.path.join(self.folder.name, "tile/0/000")
        with open(path, "rb") as file:
            good = file.read()
        with open(path, "wb") as file:
            file.write(bytes([good[0] ^ 1]) + good[1:])
        try:
            ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
            self.assertNotEqual(ran.returncode, 0)
        finally:
            with open(path, "wb") as file:
                file.write(good)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    BINARY = os.path.abspath(sys.argv.pop())
    unittest.main(verbosity=2)
