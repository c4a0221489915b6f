"""Write the package's fingerprints of benchmark problems from their files.

python tools/fingerprints.py ../shared/benchmarks
"""

from __future__ import annotations

import sys
from pathlib import Path

from rtlgen.data.fingerprints import SHIPPED, Fingerprint, dumped, fingerprints
from rtlgen.data.known import read_problems

SETS = (
    "verilog-eval-v1-human",
    "verilog-eval-v1-machine",
    "verilog-eval-v2-spec-to-rtl",
    "verilog-eval-v2-code-complete",
    "rtllm-v2",
)
ROOT = Path(__file__).parents[1]


def prints(benchmarks: Path) -> list[Fingerprint]:
    """Return the fingerprints of all sets."""
    known = [read_problems(name, benchmarks) for name in SETS]
    known.append(read_problems("everyday", ROOT / "datasets" / "everyday"))
    return [one for problems in known for one in fingerprints(problems)]


if __name__ == "__main__":
    target = ROOT / "rtlgen" / "data" / SHIPPED
    target.write_bytes(dumped(prints(Path(sys.argv[1]))))
