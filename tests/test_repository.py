"""The repository keeps its own promises: layout, packaging, dependencies, and nothing of one machine in it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from spiders import site

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("spiders", "flows", "transforms", "warehouse")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: Written so that these lines do not find themselves.
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:work|root|(?:home|Users)/\w+)/\w")
REGISTRY_HOST = re.compile(r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|debian[.]org|proxy[.]golang|crates[.]io")
GENERATED = {".git", ".venv", "data", "build", "dist", "__pycache__"}


def files() -> Iterator[Path]:
    """Every file that belongs to the repository, whether or not there is a git to ask."""
    for directory, names, found in os.walk(ROOT):
        names[:] = [
            name
            for name in names
            if name not in GENERATED and not name.endswith((".egg-info", "_cache")) and name != ".hypothesis"
        ]
        yield from (Path(directory) / name for name in found if name != ".env")


def texts() -> Iterator[tuple[str, str]]:
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield path.relative_to(ROOT).as_posix(), content.decode("utf-8", "replace")


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def optional() -> set[str]:
    """What only some need; the tests need it too."""
    return {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["scale"]}


def requirements(*, dev: bool) -> dict[str, Requirement]:
    lines = PROJECT["optional-dependencies"]["dev"] if dev else PROJECT["dependencies"]
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


@cache
def pinned() -> dict[str, str]:
    """Package name to version, from the lines of constraints.txt that name one."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line) for line in lines)
    return {canonicalize_name(match[1]): match[2] for match in found if match}


@cache
def imported(*directories: str) -> frozenset[str]:
    """The distributions whose modules the code in these directories imports."""
    own = {*PACKAGES, "tests", "tools", "benchmarks", "sitecustomize"}
    modules: set[str] = set()
    for directory in directories:
        for path in (ROOT / directory).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    modules.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    modules.add(node.module)
    top = {module.partition(".")[0] for module in modules} - own - sys.stdlib_module_names
    known = packages_distributions()
    return frozenset(canonicalize_name(name) for module in top for name in known.get(module, [module]))


def documented() -> dict[str, set[str]]:
    """Section of docs/dependencies.md to the packages in its table."""
    sections = re.split(r"^## ", (ROOT / "docs" / "dependencies.md").read_text(), flags=re.MULTILINE)[1:]
    return {each.partition("\n")[0]: set(re.findall(r"^\| `([^`]+)` \|", each, re.MULTILINE)) for each in sections}


def test_no_file_names_a_directory_of_one_machine() -> None:
    assert matches(MACHINE_PATH) == []


def test_no_file_names_a_package_registry() -> None:
    assert matches(REGISTRY_HOST) == []


def test_constraints_hold_pinned_hashed_packages_and_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("dev", [False, True], ids=["run", "dev"])
def test_constraints_are_locked_from_what_the_project_asks_for(dev: bool) -> None:
    outdated = [
        f"{requirement} is pinned to {pinned().get(name)}"
        for name, requirement in requirements(dev=dev).items()
        if name not in pinned() or pinned()[name] not in requirement.specifier
    ]
    assert outdated == [], "run `make lock`"


@pytest.mark.parametrize("dev", [False, True], ids=["run", "dev"])
def test_every_dependency_says_why_it_is_there(dev: bool) -> None:
    sections = ("Development, imported", "Development, used without an import") if dev else (
        "Imported",
        "Used without an import",
    )  # fmt: skip
    assert set().union(*(documented()[each] for each in sections)) == set(requirements(dev=dev)) - optional()


def test_an_optional_dependency_says_why_it_is_there_and_is_tested() -> None:
    (section,) = (each for each in documented() if each.startswith("Optional"))
    assert documented()[section] == optional() <= set(requirements(dev=True))


def test_packages_import_only_what_is_declared_and_nothing_is_declared_in_vain() -> None:
    assert imported(*PACKAGES) - optional() == documented()["Imported"]


def test_tests_import_only_what_is_declared() -> None:
    assert imported("tests", "tools", "benchmarks") <= set(requirements(dev=True)) | set(requirements(dev=False))


@pytest.mark.parametrize(
    "path",
    [
        ".ci/run", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "benchmarks/RESULTS.md",
        "constraints.txt", "docs/dependencies.md", "prefect.yaml", "pyproject.toml", "spiders/sites", "transforms",
        "warehouse/tables", "warehouse/sql", "tests/replica",
    ],
)  # fmt: skip
def test_a_promised_place_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_ci_is_runnable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("target", ["help", "demo", "test", "lint", "bench", "lock", "clean"])
def test_make_knows_the_target(target: str) -> None:
    answer = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_changelog_has_the_version_of_the_project() -> None:
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0] == PROJECT["version"]


def test_every_site_is_declared_in_the_file_of_its_name() -> None:
    assert [site.load(name).name for name in site.names()] == site.names()


def test_every_package_declares_that_it_is_typed() -> None:
    assert [name for name in PACKAGES if not (ROOT / name / "py.typed").exists()] == []


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built, without a network, from a copy of what a wheel is built from."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    code = f"from setuptools import build_meta; build_meta.build_wheel({str(out)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel_names: set[str]) -> None:
    wanted = {name for name, _ in ((path.relative_to(ROOT).as_posix(), None) for path in files())}
    assert {name for name in wanted if name.startswith(tuple(f"{each}/" for each in PACKAGES))} - wheel_names == set()


def test_the_wheel_holds_nothing_but_the_packages(wheel_names: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel_names} == {
        *PACKAGES,
        f"wirehouse-{PROJECT['version']}.dist-info",
    }
