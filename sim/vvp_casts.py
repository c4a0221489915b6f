"""A library that makes Icarus Verilog's `vvp` faster, and changes nothing of what it does.

With each instruction that loads or stores a signal, vvp asks the C++ run-time library
for a `dynamic_cast`, which compares names of classes: a quarter of the processor time of
a design that computes in loops. The answer depends only on the classes, so this library,
loaded before that one, asks once for each and remembers.

It is built where there is a compiler, on Linux; elsewhere vvp runs without it. It lies in
the cache folder (`sim.cache_folder`) and appears there by a rename.
RTLGEN_VVP_CASTS=off does without.
"""

from __future__ import annotations

import logging
import os
import sys
from functools import cache
from pathlib import Path

from sim import tools
from sim.built_folder import build_folder
from sim.cache_folder import cache_folder
from sim.design import digest
from sim.errors import EnvironmentFault, ToolFailed
from sim.isolation import installation
from sim.own_files import is_own_folder
from sim.process import Limits, ToolRun, run_tool

log = logging.getLogger(__name__)

_VARIABLE = "RTLGEN_VVP_CASTS"
_NAME = "casts.so"
_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

/* The C++ ABI's own signature; the table of an object's virtual functions, to which its
   first word points, tells its class and which part of it the object is. */
typedef void *cast(const void *, const void *, const void *, ptrdiff_t);

struct answer {
    const void *table, *from, *to;
    ptrdiff_t offset;
};

#define NONE PTRDIFF_MIN
enum { ANSWERS = 1024 };
static struct answer known[ANSWERS]; /* vvp has one thread */
static cast *real;

static struct answer *place(const void *table, const void *to)
{
    uintptr_t mix = ((uintptr_t)table >> 3) ^ ((uintptr_t)to >> 4);
    return &known[(mix ^ (mix >> 10)) % ANSWERS];
}

void *__dynamic_cast(const void *object, const void *from, const void *to, ptrdiff_t hint)
{
    const void *table = *(const void *const *)object;
    struct answer *at = place(table, to);
    if (at->table != table || at->to != to || at->from != from) {
        if (!real)
            real = (cast *)dlsym(RTLD_NEXT, "__dynamic_cast");
        char *found = real(object, from, to, hint);
        at->offset = found ? found - (const char *)object : NONE;
        at->table = table;
        at->from = from;
        at->to = to;
    }
    return at->offset == NONE ? NULL : (char *)object + at->offset;
}
"""
_OPTIONS = ("-x", "c", "-O2", "-shared", "-fPIC")
_LIMITS = Limits(seconds=120, cpu_seconds=60)


@cache
def provide() -> Path | None:
    """Return the library, building it where it is missing; None where vvp is to run without."""
    if sys.platform != "linux" or os.environ.get(_VARIABLE) == "off":
        return None
    try:
        folder = cache_folder() / f"vvp-casts-{_key()}"
        if not folder.is_dir():
            build_folder(folder, _make, what=f"vvp's {_NAME}")
    except (EnvironmentFault, OSError) as why:
        log.info("vvp runs without %s: %s", _NAME, why)
        return None
    return folder / _NAME if is_own_folder(folder) else None


def _key() -> str:
    """Return a digest of all that the library depends on."""
    parts = [_SOURCE, *_OPTIONS]
    for tool in (tools.cxx(), tools.vvp()):
        stamp = tool.resolve().stat()
        parts += [str(tool), str(stamp.st_size), str(stamp.st_mtime_ns)]
    return digest(*(part.encode() for part in parts))


def _make(work: Path, ready: Path) -> None:
    """Leave the library in `ready`, if it compiles and vvp starts with it."""
    if not (_compiles(work) and _loads(work)):
        raise ToolFailed("it does not compile, or vvp does not start with it")
    (work / _NAME).rename(ready / _NAME)


def _compiles(work: Path) -> bool:
    (work / "casts.c").write_text(_SOURCE)
    argv = [str(tools.cxx()), *_OPTIONS, "-o", _NAME, "casts.c", "-ldl"]
    run = run_tool(argv, cwd=work, limits=_LIMITS, readable=installation(tools.cxx()))
    return _ran(run)


def _loads(work: Path) -> bool:
    """Whether vvp starts with the library as it does without, to the last word."""
    environment = {"LD_PRELOAD": str(work / _NAME)}
    argv = [str(tools.vvp()), "-V"]
    plain = run_tool(argv, cwd=work, limits=_LIMITS)
    run = run_tool(argv, cwd=work, limits=_LIMITS, environment=environment)
    return _ran(run) and run.output == plain.output


def _ran(run: ToolRun) -> bool:
    if run.exit_code != 0:
        log.info("vvp runs without %s: %s", _NAME, run.output[-500:].strip() or run.limit)
    return run.exit_code == 0
