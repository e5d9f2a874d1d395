"""Try one mutation after the other: compile, run the killers, say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extension import Extension
from killers import PROGRAMS, Limits, Step, cpu_seconds, limits_for, run, subject_of
from sites import Site
from workshop import CORE, FAST, RELEASED, SANITIZED, Build, CompileError, Workshop

STAGES = ("fast", "sanitized", "python")


@dataclass(frozen=True)
class Result:
    """killed, survived, equivalent (the released machine code is the same), or invalid (does not compile)."""

    verdict: str
    by: str = ""


class Bench:
    """One worker: its workshop, and how long everything takes there without a mutation."""

    def __init__(
        self, shop: Workshop, inputs: Path, stages: tuple[str, ...], limits: dict[str, Limits]
    ) -> None:
        self.shop, self.inputs, self.stages, self.limits = shop, inputs, stages, limits
        self.extension = Extension(shop)

    def open(self) -> None:
        """Compile everything unchanged."""
        self.shop.prepare(FAST)
        self.shop.prepare(RELEASED)
        if "sanitized" in self.stages:
            self.shop.prepare(SANITIZED)
        if "python" in self.stages:
            self.extension.prepare()

    def measure(self, files: list[str]) -> None:
        """Run everything that these files need once, unchanged: it must pass, and tells the limits."""
        subjects = [subject_of(file) for file in files]
        for build, stage in ((FAST, "fast"), (SANITIZED, "sanitized")):
            if stage not in self.stages:
                continue
            for step in dict.fromkeys(step for subject in subjects for step in getattr(subject, stage)):
                program = self.shop.link(build, step.program, PROGRAMS[step.program], {})
                spent = cpu_seconds(step.command(program, self.inputs), self._standard_input(step))
                self.limits[f"{stage} {step.name}"] = limits_for(spent)
        if "python" in self.stages:
            for name in dict.fromkeys(name for subject in subjects for name in subject.python):
                command, options = self.extension.test(name)
                self.limits[f"python {name}"] = limits_for(cpu_seconds(command, **options))

    def _standard_input(self, step: Step) -> Path | None:
        return self.inputs / step.standard_input if step.standard_input else None

    def _programs(self, build: Build, stage: str, site: Site) -> str:
        """What the programs of a stage say."""
        changed = self.shop.mutate(build, site.file)
        linked: dict[str, Path] = {}
        for step in getattr(subject_of(site.file), stage):
            if step.program not in linked:
                linked[step.program] = self.shop.link(build, step.program, PROGRAMS[step.program], changed)
            command = step.command(linked[step.program], self.inputs)
            reason = run(command, self.limits[f"{stage} {step.name}"], self._standard_input(step))
            if reason:
                return f"{stage} {step.name}: {reason}"
        return ""

    def _python(self, site: Site) -> str:
        """What the tests in Python say."""
        self.extension.rebuild(site.file)
        for name in subject_of(site.file).python:
            command, options = self.extension.test(name)
            reason = run(command, self.limits[f"python {name}"], **options)
            if reason:
                return f"python test_{name}: {reason}"
        return ""

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
        return Result("survived")
