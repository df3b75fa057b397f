"""Extensions of DuckDB: whose signatures are checked, once for a process, and no other is let in by that."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse import ExtensionMissing, extensions
from warehouse.extensions import connect_with, packaged_extension

NAMES = ["sqlite_scanner", "ducklake"]


def forged(directory: Path, name: str) -> Path:
    """A copy of a packaged extension, one byte of its signature changed."""
    packaged = packaged_extension(name)
    assert packaged is not None
    copy = Path(shutil.copy(packaged, directory))
    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)
    return copy


@pytest.fixture
def _checked_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where DuckDB looks for installed ones first
    monkeypatch.setattr(extensions, "_checked", {})


@pytest.mark.usefixtures("_checked_none")
def test_a_forged_extension_is_refused_before_and_after_others_were_checked(tmp_path: Path) -> None:
    file = forged(tmp_path, "httpfs")
    for _ in range(3):
        with connect_with(NAMES) as connection:
            assert set(extensions._checked) == {*NAMES}
            with pytest.raises(duckdb.IOException, match="signature"):
                connection.execute(f"LOAD '{file}'")
            with pytest.raises(duckdb.InvalidInputException, match="Cannot change"):
                connection.execute("SET allow_unsigned_extensions = true")


@pytest.mark.usefixtures("_checked_none")
def test_a_file_that_came_in_the_place_of_a_checked_one_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = packaged_extension("sqlite_scanner")
    assert packaged is not None
    place = tmp_path / Path(packaged).name
    shutil.copy(packaged, place)
    monkeypatch.setattr(extensions, "packaged_extension", lambda _: str(place))
    connect_with(["sqlite_scanner"]).close()
    place.unlink()
    forged(tmp_path, "sqlite_scanner")
    with pytest.raises(ExtensionMissing, match="signature"):
        connect_with(["sqlite_scanner"])
    place.unlink()
    with pytest.raises(ExtensionMissing):
        connect_with(["sqlite_scanner"])


def test_what_is_downloaded_without_being_asked_is_as_ever() -> None:
    settings = "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions' ORDER BY name"
    with duckdb.connect() as connection:
        own = connection.execute(settings).fetchall()
    for _ in range(2):
        with connect_with(NAMES) as connection:
            assert connection.execute(settings).fetchall() == own
