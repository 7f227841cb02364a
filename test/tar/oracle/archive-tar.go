// What Go's archive/tar says of archives: a path a line in, a line of JSON each out. And what it writes:
// archive-tar <format> <folder> <archive>
package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

type told struct {
	Name   string  `json:"name"`
	Type   string  `json:"type"`
	Size   int64   `json:"size"`
	Target string  `json:"target"`
	Mode   int64   `json:"mode"`
	UID    int     `json:"uid"`
	GID    int     `json:"gid"`
	Mtime  float64 `json:"mtime"`
	Start  int64   `json:"start"`
	Digest string  `json:"digest,omitempty"`
}

type answer struct {
	Members []told `json:"members"`
	Error   string `json:"error,omitempty"`
}

var types = map[byte]string{
	tar.TypeReg: "file", tar.TypeCont: "file", tar.TypeGNUSparse: "file", tar.TypeDir: "directory",
	tar.TypeSymlink: "symlink", tar.TypeLink: "hardlink", tar.TypeFifo: "fifo", tar.TypeChar: "device", tar.TypeBlock: "device",
}

// Larger contents are not digested.
const digested = 1 << 20

func read(path string) (said answer) {
	said.Members = []told{}
	file := must(os.Open(path))
	defer file.Close()
	reader := tar.NewReader(file)
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			said.Error = err.Error()
			return
		}
		if header.Typeflag == tar.TypeXGlobalHeader { // engines pass over it
			continue
		}
		member := tell(header)
		member.Start, _ = file.Seek(0, io.SeekCurrent)
		if member.Size <= digested && (member.Type == "file" || types[header.Typeflag] == "") {
			sum := sha256.New()
			if _, err = io.Copy(sum, reader); err == nil {
				member.Digest = hex.EncodeToString(sum.Sum(nil))
			}
		}
		said.Members = append(said.Members, member)
		if err != nil {
			said.Error = err.Error()
			return
		}
	}
}

func tell(header *tar.Header) told {
	member := told{
		Name: hex.EncodeToString([]byte(header.Name)),
		Type: types[header.Typeflag],
		Mode: header.Mode & 0o7777,
		UID:  header.Uid,
		GID:  header.Gid,
		// Apart, since nanoseconds of 1970 overflow in 1678 and 2262.
		Mtime: float64(header.ModTime.Unix()) + float64(header.ModTime.Nanosecond())/1e9,
	}
	switch member.Type {
	case "symlink", "hardlink":
		member.Target = hex.EncodeToString([]byte(header.Linkname))
	case "file":
		member.Size = header.Size
	case "": // a flag that it does not know
		member.Type, member.Size = "flag "+string(rune(header.Typeflag)), header.Size
	}
	return member
}

var formats = map[string]tar.Format{"ustar": tar.FormatUSTAR, "pax": tar.FormatPAX, "gnu": tar.FormatGNU}

func write(format tar.Format, folder, path string) {
	archive := must(os.Create(path))
	writer := tar.NewWriter(archive)
	check(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		check(err)
		info := must(entry.Info())
		target := ""
		if info.Mode()&fs.ModeSymlink != 0 {
			target = must(os.Readlink(path))
		}
		header := must(tar.FileInfoHeader(info, target))
		header.Name, header.Format = must(filepath.Rel(filepath.Dir(folder), path)), format
		if format == tar.FormatUSTAR { // which has no room for them
			header.AccessTime, header.ChangeTime = time.Time{}, time.Time{}
		}
		check(writer.WriteHeader(header))
		if info.Mode().IsRegular() {
			must(writer.Write(must(os.ReadFile(path))))
		}
		return nil
	}))
	check(writer.Close())
	check(archive.Close())
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	if len(os.Args) == 4 {
		write(formats[os.Args[1]], os.Args[2], os.Args[3])
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		encoder.Encode(read(lines.Text()))
	}
}
