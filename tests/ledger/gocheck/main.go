// Holds a log of ours against Go's own code for transparency logs and signed notes (golang.org/x/mod/sumdb).
//
//	gocheck FOLDER     with checkpoint, old, key, tile/…, receipts/*.tlog-proof, as a log serves them
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var folder = os.Args[1]

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(path string) []byte {
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	return data
}

// checkpoint opens a note with Go's code and reads the size and root in it.
func checkpoint(text []byte, key note.Verifier) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(key))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != key.Name() {
		log.Fatalf("the checkpoint is of %s, the key of %s", lines[0], key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// tiles reads the tiles of tlog-tiles, whose addresses are those of Go without the height.
type tiles struct{}

func (tiles) Height() int { return 8 }

func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// entries reads the bundles of entries.
func entries(size int64) [][]byte {
	var all [][]byte
	for bundle := int64(0); bundle*256 < size; bundle++ {
		width := 256
		if size-bundle*256 < 256 {
			width = int(size - bundle*256)
		}
		tile := tlog.Tile{H: 8, L: 0, N: bundle, W: width}
		data := read(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		for len(data) > 0 {
			length := int(data[0])<<8 | int(data[1])
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
	}
	return all
}

// receipt verifies a tlog-proof with Go's code.
func receipt(path string, key note.Verifier) {
	data, err := os.ReadFile(path)
	must(err)
	head, text, _ := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	must(err)
	var told struct{ Entry string }
	must(json.Unmarshal(extra, &told))
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	must(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, hash)
	}
	tree := checkpoint(text, key)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash([]byte(told.Entry))))
}

func main() {
	key, err := note.NewVerifier(strings.TrimSpace(string(read("key"))))
	must(err)
	tree, old := checkpoint(read("checkpoint"), key), checkpoint(read("old"), key)

	// The tree anew from the entries alone.
	var stored []tlog.Hash
	byIndex := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	all := entries(tree.N)
	for n, entry := range all {
		hashes, err := tlog.StoredHashes(int64(n), entry, byIndex)
		must(err)
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, byIndex)
	must(err)
	if root != tree.Hash {
		log.Fatalf("Go makes the root %v, the log has signed %v", root, tree.Hash)
	}

	// Proofs from our tiles, which Go verifies against the signed root while it reads them.
	fromTiles := tlog.TileHashReader(tree, tiles{})
	proof, err := tlog.ProveTree(tree.N, old.N, fromTiles)
	must(err)
	must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	for _, n := range []int64{0, 1, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, n, fromTiles)
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(all[n])))
	}
	paths, err := filepath.Glob(filepath.Join(folder, "receipts", "*.tlog-proof"))
	must(err)
	for _, path := range paths {
		receipt(path, key)
	}
	fmt.Printf("%d entries, %d receipts\n", len(all), len(paths))
}
