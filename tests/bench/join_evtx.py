#!/usr/bin/env python3
"""One large event log out of many small ones, for sigma_bench.
    join_evtx.py OUT MEGABYTES LOG...      chunks of the logs, over and over
    join_evtx.py --vary OUT MEGABYTES LOG...   the same, digits in every value exchanged in each copy
A log that repeats itself flatters whoever remembers values; a varied one does not. Names, template
texts and provider ids stay as they are: they are the same in real logs too."""
import random
import re
import struct
import sys
import zlib

CHUNK = 65536
VALUE = re.compile(rb"(?:[\x20-\x7e]\x00){6,}")
DIGIT = re.compile(rb"[0-9]\x00")
KEPT = re.compile(b"^\\{\0|" + b"|".join(word.encode("utf-16-le") for word in ("param", "schemas")), re.I)
DIGITS = b"0123456789"


def end_of_records(chunk):
    """Where the last whole record ends; 512: there is none."""
    free, at = struct.unpack_from("<I", chunk, 48)[0], 512
    while at + 24 <= free <= CHUNK and chunk[at:at + 4] == b"**\0\0":
        size = struct.unpack_from("<I", chunk, at + 4)[0]
        if size < 28 or at + size > CHUNK:
            break
        at += size
    return at


def chunks_of(paths):
    """The head of the first log; of each chunk its bytes and where its values have digits."""
    head, chunks = None, []
    for path in paths:
        with open(path, "rb") as file:
            log = file.read()
        if log[:8] != b"ElfFile\0":
            continue
        head = head or bytearray(log[:4096])
        for at in range(4096, len(log) - CHUNK + 1, CHUNK):
            chunk = log[at:at + CHUNK]
            end = end_of_records(chunk) if chunk[:8] == b"ElfChnk\0" else 512
            if end > 512:
                values = (m for m in VALUE.finditer(chunk, 512, end) if DIGIT.search(m[0]))
                chunks.append((chunk, [m.span() for m in values if not KEPT.search(m[0])]))
    return head, chunks


def varied(chunk, spans, dice):
    out = bytearray(chunk)
    for begin, end in spans:
        out[begin:end] = out[begin:end].translate(bytes.maketrans(DIGITS, bytes(dice.sample(DIGITS, 10))))
    free = struct.unpack_from("<I", out, 48)[0]
    if free <= CHUNK:
        struct.pack_into("<I", out, 52, zlib.crc32(bytes(out[512:free])))
        struct.pack_into("<I", out, 124, zlib.crc32(bytes(out[:120]) + bytes(out[128:512])))
    return out


def main():
    vary = sys.argv[1] == "--vary"
    out, megabytes, *paths = sys.argv[1 + vary:]
    head, chunks = chunks_of(paths)
    if not chunks:
        sys.exit("join_evtx: no chunk with records in these files")
    copies = max(1, min(65535, (int(megabytes) << 20) // CHUNK) // len(chunks))
    struct.pack_into("<Q", head, 16, copies * len(chunks) - 1)
    struct.pack_into("<H", head, 42, copies * len(chunks))
    struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120])))
    dice = random.Random(7)
    with open(out, "wb") as file:
        file.write(head)
        for copy in range(copies):
            for chunk, spans in chunks:
                file.write(varied(chunk, spans, dice) if vary and copy else chunk)


main()
