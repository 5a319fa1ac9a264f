"""What was found before: a mistake is tried again when its file or its tests have changed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tests.mutants.mistakes_list import Mistake, files_of_unit_tests
from tests.mutants.outcome import Outcome, Verdict


class Verdicts:
    """Verdicts in a file, by the digest of what they were made from."""

    def __init__(self, file: Path) -> None:
        """Reads what is there."""
        self._file = file
        self._kept: dict[str, dict[str, str]] = {}
        if file.exists():
            self._kept = json.loads(file.read_text())

    def get(self, digest: str) -> Verdict | None:
        """The verdict of a digest, if there is one."""
        kept = self._kept.get(digest)
        return Verdict(Outcome(kept["outcome"]), kept["said"]) if kept else None

    def keep(self, digest: str, verdict: Verdict) -> None:
        """Writes a verdict down at once: who stops the run loses nothing."""
        self._kept[digest] = asdict(verdict)
        self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps(self._kept, indent=1, sort_keys=True, ensure_ascii=False))
        half.replace(self._file)


class Digests:
    """Digests of mistakes and of tests, each file read once."""

    def __init__(self, root: Path) -> None:
        """Looks at a checkout."""
        self._root = root
        self._unit_tests = files_of_unit_tests(root)
        self._files: dict[Path, str] = {}

    def of_mistake(self, mistake: Mistake) -> str:
        """Of the mistake, the whole file that it is in, and its tests with what they import."""
        files = {self._root / mistake.file}
        for model in mistake.models:
            files |= {self._unit_tests[model], self._unit_tests[model].with_suffix(".sql")}
        for test in mistake.pytests:
            files |= self._helped_by(self._root / test.partition("::")[0])
        return _digest([mistake.find, mistake.replace, *mistake.noticed_by, *self._hashes(files)])

    def of_tests(self, tests: Iterable[str]) -> str:
        """Of tests and all the code: whether they pass depends on nothing else."""
        folders = ("dbt_project", "ml", "orchestration", "bench", "tests")
        code = {
            file
            for folder in folders
            for file in (self._root / folder).rglob("*")
            if file.suffix in (".py", ".sql", ".yml", ".csv")
            and not {"target", "logs", "mistakes"}.intersection(file.parts)
        }
        return _digest([*sorted(tests), *self._hashes(code)])

    def _helped_by(self, test: Path) -> set[Path]:
        """A file of tests, and the modules beside and above it that are none: helpers, fixtures."""
        folders = [folder for folder in test.parents if folder.is_relative_to(self._root / "tests")]
        beside = {file for folder in folders for file in folder.glob("*.py")}
        return {test} | {file for file in beside if not file.name.startswith("test_")}

    def _hashes(self, files: set[Path]) -> list[str]:
        return [f"{file.relative_to(self._root)} {self._hash(file)}" for file in sorted(files)]

    def _hash(self, file: Path) -> str:
        if file not in self._files:
            self._files[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._files[file]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
