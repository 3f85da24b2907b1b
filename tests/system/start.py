"""The program starts without the large libraries that only some commands need (src/base/late.h)."""
import os
import subprocess
import sys

kakuho = sys.argv[1]
for arguments in (["--version"], ["evtx", "/dev/null"], ["sigma", "lint", "/dev/null"]):
    told = subprocess.run([kakuho, *arguments], env={**os.environ, "LD_DEBUG": "files"}, capture_output=True, text=True)
    assert "libcrypto" in told.stderr, "the loader does not tell what it loads"
    for name in ("libduckdb", "libtsk"):
        assert name not in told.stderr, f"kakuho {arguments[0]} loads {name}"
