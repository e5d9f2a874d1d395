"""Try one mutation after the other: compile, run the killers, say what came of it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from extension import Extension
from killers import PROGRAMS, Step, subject_of
from order import Order
from running import NO_END, Limits, cpu_seconds, limits_for, run
from sites import Site
from workshop import CORE, FAST, RELEASED, SANITIZED, Build, CompileError, Workshop

STAGES = ("fast", "sanitized", "python", "instructions")


@dataclass(frozen=True)
class Result:
    """killed, survived, equivalent (the released machine code is the same), or invalid (does not compile)."""

    verdict: str
    by: str = ""


class Bench:
    """One worker: its workshop, and in which order the killers are asked."""

    def __init__(self, shop: Workshop, inputs: Path, stages: tuple[str, ...], order: Order) -> None:
        self.shop, self.inputs, self.stages, self.order = shop, inputs, stages, order
        self.extension = Extension(shop)

    def open(self) -> None:
        """Compile everything unchanged."""
        self.shop.prepare(FAST)
        self.shop.prepare(RELEASED)
        if "sanitized" in self.stages:
            self.shop.prepare(SANITIZED)
        if "python" in self.stages:
            self.extension.prepare()
        if "instructions" in self.stages:  # what they are without a mutation, by this compiler
            command, options = self._counting("--record")
            cpu_seconds(command, **options)

    def measure(self, files: list[str]) -> None:
        """Run everything that these files need once, unchanged: it must pass, and tells how long it takes."""
        subjects = [subject_of(file) for file in files]
        for build, stage in ((FAST, "fast"), (SANITIZED, "sanitized")):
            if stage not in self.stages:
                continue
            for step in dict.fromkeys(step for subject in subjects for step in getattr(subject, stage)):
                program = self.shop.link(build, step.program, PROGRAMS[step.program], {})
                spent = cpu_seconds(step.command(program, self.inputs), self._standard_input(step))
                self.order.seconds[f"{stage} {step.name}"] = spent
        if "python" in self.stages:
            for name in dict.fromkeys(name for subject in subjects for name in subject.python):
                command, options = self.extension.test(name)
                self.order.seconds[f"python test_{name}"] = cpu_seconds(command, **options)

        if "instructions" in self.stages:
            command, options = self._counting("--check")
            self.order.seconds["instructions"] = cpu_seconds(command, **options)

    def _standard_input(self, step: Step) -> Path | None:
        return self.inputs / step.standard_input if step.standard_input else None

    def _ask(self, site: Site, killers: dict[str, Callable[[Limits], str]]) -> str:
        """Ask one killer after the other until one notices; who, and what it said."""
        for killer in self.order.sorted(site.file, killers):
            limits = limits_for(self.order.seconds[killer])
            reason = killers[killer](limits)
            if reason == NO_END:  # or had the machine no time for it?
                reason = killers[killer](Limits(limits.cpu, 3 * limits.wall))
            self.order.note(site.file, killer, bool(reason))
            if reason:
                return f"{killer}: {reason}"
        return ""

    def _programs(self, build: Build, stage: str, site: Site) -> str:
        """What the programs of a stage say. Only what the next one is linked from is compiled."""
        linked: dict[str, Path] = {}
        changed: dict[str, Path] = {}

        def ask(step: Step, limits: Limits) -> str:
            sources = PROGRAMS[step.program]
            if step.program not in linked:
                changed.update(self.shop.mutate(build, site.file, [*self.shop.core, *sources], changed))
                linked[step.program] = self.shop.link(build, step.program, sources, changed)
            return run(step.command(linked[step.program], self.inputs), limits, self._standard_input(step))

        steps: tuple[Step, ...] = getattr(subject_of(site.file), stage)
        return self._ask(site, {f"{stage} {step.name}": partial(ask, step) for step in steps})

    def _python(self, site: Site) -> str:
        """What the tests in Python say."""
        names = subject_of(site.file).python
        if not names:
            return ""
        self.extension.rebuild(site.file)

        def ask(name: str, limits: Limits) -> str:
            command, options = self.extension.test(name)
            return run(command, limits, **options)

        return self._ask(site, {f"python test_{name}": partial(ask, name) for name in names})

    def _counting(self, choice: str) -> tuple[list[str], dict[str, Any]]:
        """Instructions per byte under Callgrind: command line and options."""
        command = [sys.executable, "-P", "benchmarks/instructions.py", choice]
        wanted = {"PYTHONPATH": str(self.shop.folder), "CC": shlex.join(self.shop.compiler)}
        return command, {"cwd": self.shop.folder, "env": os.environ | wanted}

    def _instructions(self, site: Site) -> str:
        """What the gate of instructions says."""
        command, options = self._counting("--check")
        return self._ask(site, {"instructions": partial(run, command, **options)})

    def judge(self, site: Site, known: bool) -> Result:
        """Try one mutation. One that is known to survive is spared the slow stages."""
        source = (CORE / site.file).read_text()
        self.shop.change(site.file, site.apply(source))
        try:
            return self._judge(site, known)
        except CompileError as error:
            words = str(error)
            return Result("killed", "static assertion") if "static assertion" in words else Result("invalid")
        finally:
            self.shop.change(site.file, source)

    def _judge(self, site: Site, known: bool) -> Result:
        if "fast" in self.stages and (by := self._programs(FAST, "fast", site)):
            return Result("killed", by)
        if self.shop.same_code(site.file):
            return Result("equivalent", "same machine code")
        if known:
            return Result("survived")
        if "sanitized" in self.stages and (by := self._programs(SANITIZED, "sanitized", site)):
            return Result("killed", by)
        if "python" in self.stages and (by := self._python(site)):
            return Result("killed", by)
        if "instructions" in self.stages and (by := self._instructions(site)):
            return Result("killed", by)
        return Result("survived")
