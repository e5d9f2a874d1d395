"""Build the compiled modules; everything declarative is in pyproject.toml.

Switches in the environment, each "0" or "1": FMNIST_FAST_REQUIRE_NATIVE (a failed compilation is an error),
FMNIST_FAST_DEBUG (-O0, assertions, bounds checks), FMNIST_FAST_SANITIZE (ASan, UBSan),
FMNIST_FAST_COVERAGE (counters of clang).
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import Cython  # noqa: F401  (without it setuptools skips .pyx files, and the build would quietly end on NumPy)
from setuptools import Extension, setup
from setuptools.command.build import build
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, ExecError, PlatformError

SWITCHES = ("REQUIRE_NATIVE", "DEBUG", "SANITIZE", "COVERAGE")
REQUIRE_NATIVE, DEBUG, SANITIZE, COVERAGE = (os.environ.get(f"FMNIST_FAST_{name}", "0") for name in SWITCHES)
if not {REQUIRE_NATIVE, DEBUG, SANITIZE, COVERAGE} <= {"0", "1"}:
    raise SystemExit(f'FMNIST_FAST_ {", ".join(SWITCHES)}: each must be "0" or "1"')
# The stable ABI gives one wheel for all CPythons from 3.11 on; free-threaded builds do not have it.
LIMITED = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
CORE = sorted(path.as_posix() for path in Path("src/core").rglob("*.c"))
KERNELS = [path for path in CORE if Path(path).stem.startswith(("augment", "gather", "normalize", "swap"))]
BASE = [path for path in CORE if Path(path).stem in ("cpu", "crc32", "idx")]
SOURCES = {"_native": BASE, "_codec": CORE, "_normalize": KERNELS}
# Contraction would round a*b+c as the compiler likes; the kernels call fma() where they mean it.
FLAGS = ["-std=c11", "-fvisibility=hidden", "-ffp-contract=off", "-fstack-protector-strong"]
# GCC 12 and later make vectors of a handful of fields, which then wait for stores of single ones: up to 4 %
# of the time of decoding. Where vectors pay they are written by hand.
OF_GCC = ["-fno-tree-vectorize"]
COUNTERS = ["-fprofile-instr-generate", "-fcoverage-mapping", "-fprofile-update=atomic"]  # clang's
if "1" in (DEBUG, SANITIZE):
    FLAGS += ["-O0" if SANITIZE == "0" else "-O1", "-g", "-UNDEBUG", "-fno-omit-frame-pointer"]
else:
    FLAGS += ["-O2", "-g0", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"]
CHECKS = ["-fsanitize=address,undefined"] * int(SANITIZE) + COUNTERS * int(COVERAGE)
DIRECTIVES = {"language_level": 3, "freethreading_compatible": True, "wraparound": False}


def is_gcc(compiler):
    try:
        asked = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
    except OSError:  # there is none, which the build says in its own way
        return False
    return "Free Software Foundation" in asked.stdout


class Build(build):
    def run(self):
        if Path(self.build_lib).parent == Path(self.build_base):  # what an older build left would ride along
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class BuildExt(build_ext):
    def build_extensions(self):
        hardening = ["-Wl,-z,relro,-z,now"] if sys.platform == "linux" else []
        msvc = self.compiler.compiler_type == "msvc"
        flags = ["/O2", "/std:c11"] if msvc else FLAGS + CHECKS
        flags += OF_GCC if not msvc and is_gcc(self.compiler.compiler[0]) else []
        for ext in self.extensions:
            ext.extra_compile_args = flags
            ext.extra_link_args = [] if msvc else hardening + CHECKS
            ext.cython_c_in_temp, ext.cython_directives = True, DIRECTIVES | {"boundscheck": DEBUG == "1"}
        super().build_extensions()

    def run(self):
        reason = ""
        try:
            super().run()
        except (CCompilerError, ExecError, PlatformError) as error:
            if REQUIRE_NATIVE == "1":
                raise
            reason = f"{type(error).__name__}: {error}"
            for ext in self.extensions:  # all modules or none
                Path(self.get_ext_fullpath(ext.name)).unlink(missing_ok=True)
            advice = "For the native one: get a C compiler, reinstall with --no-cache-dir --force-reinstall."
            sys.stderr.write(f"\nWARNING: fmnist_fast gets its NumPy backend only. {reason}\n{advice}\n\n")
        marker = Path(self.build_lib, "fmnist_fast", "_build.py")
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.write_text(f"NATIVE = {not reason}\nREASON = {reason!r}\n", encoding="utf-8")


HEADERS = [*Path("src").rglob("*.[hp]*"), *Path("fmnist_fast").rglob("*.h")]
common = {"include_dirs": ["src/core", "src"], "depends": sorted(map(str, HEADERS))}
if LIMITED:
    common |= {"py_limited_api": True, "define_macros": [("Py_LIMITED_API", "0x030B0000")]}
setup(
    ext_modules=[Extension(f"fmnist_fast.{n}", [f"src/{n}.pyx", *c], **common) for n, c in SOURCES.items()],
    cmdclass={"build": Build, "build_ext": BuildExt},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if LIMITED else {},
)
