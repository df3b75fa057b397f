"""Vocabularies of the analysts' own, as spreadsheets and editors write them: used, or refused with line and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import transforms
from flows.doctor import Finding, examine
from flows.errors import UnusableFile
from flows.settings import Settings
from flows.tagging import own_terms
from flows.vocabulary_files import vocabulary_file

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbftag,name,patterns\nrain,Rain,rain\n",
        b"Tag, Name ,PATTERNS\r\nrain,Rain,rain\r\n",
        b"\npatterns,notes,tag,name\nrain,=1+1,rain,Rain\n\n,,,\n",
    ],
)
def test_a_file_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weather.csv").write_bytes(content)
    read = vocabulary_file(tmp_path / "weather.csv")
    assert [(row["tag"], row["name"], row["patterns"]) for row in read.lines] == [("rain", "Rain", "rain")]
    assert read.faults == []


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "it is empty"),
        (b"tag;name;patterns\nrain;Rain;rain\n", 1, "not divided by commas"),
        (b"tag,name\nrain,Rain\n", 1, "no column patterns"),
        (b"rain,Rain,rain\n", 1, "no column tag and no column patterns"),
        (b"tag,patterns,tag\n", 1, "the column tag is there twice"),
        ("tag,patterns\ncaf\u00e9,x\n".encode("latin-1"), 2, r"not in UTF-8 \(byte 0xe9\)"),
        (b'tag,patterns\nrain,"rain\n', 2, "no CSV"),
        (b"tag,patterns\nrain," + b"x" * 1_000_000, 2, "field larger"),
    ],
)
def test_a_file_that_is_no_vocabulary_is_refused_with_line_and_reason(
    tmp_path: Path, content: bytes, line: int, reason: str
) -> None:
    (tmp_path / "weather.csv").write_bytes(content)
    with pytest.raises(UnusableFile, match=f"line {line}: .*{reason}"):
        vocabulary_file(tmp_path / "weather.csv")


def test_a_row_that_cannot_be_used_is_left_out_and_the_others_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path)
    settings.vocabularies_path.mkdir()
    rows = ["rain,Rain,rain", "rain,Rains,drizzle", "a,A,b b,c", "=1+1,X,xx", "nul,N,n\0n", f"long,L,{'x' * 201}"]
    rows.append("sun,Sun,sun")
    (settings.vocabularies_path / "weather.csv").write_text("\n".join(["tag,name,patterns", *rows]), encoding="utf-8")
    terms = own_terms(settings)
    assert terms["tag"].tolist() == ["rain", "sun"]
    for said in (
        "line 3: the tag 'rain' is called 'Rain' already; left out",
        "line 4: 4 cells where the first line has 3",
        "line 5: '=1+1' begins with =",
        "line 6: a cell holds a line break or another control character",
        "line 7: 'xxxxxxxxxxxxxxxxxxxx'… has 201 characters",
    ):
        assert f"weather.csv, {said}" in caplog.text
    texts = pd.DataFrame({"article_uid": ["a"], "title": ["Rain and sun"]})
    assert transforms.tags(texts, terms, ["weather"])["tag"].tolist() == ["rain", "sun"]


@pytest.mark.parametrize("name", ["Country", "my weather", "country"])
def test_a_file_whose_name_is_no_new_scheme_is_one_warning_about_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    settings = Settings(home=tmp_path)
    settings.vocabularies_path.mkdir()
    rows = [f"t{number},T,word{number}" for number in range(9)]
    (settings.vocabularies_path / f"{name}.csv").write_text("\n".join(["tag,name,patterns", *rows]), encoding="utf-8")
    assert own_terms(settings).empty
    (said,) = (record.getMessage() for record in caplog.records)
    assert f"{name}.csv: " in said
    assert said.endswith("none of the file is used")
    assert "line" not in said


def test_the_doctor_tells_of_vocabularies_that_are_not_used_and_of_rows(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert not [each for each in examine(settings) if "vocabularies" in each.about]
    settings.vocabularies_path.mkdir()
    weather = settings.vocabularies_path / "weather.csv"
    weather.write_text("tag,patterns\nrain,rain\n", encoding="utf-8")
    assert found(settings).is_well
    weather.write_text("tag,patterns\nrain,rain\n,sun\n", encoding="utf-8")
    (settings.vocabularies_path / "sea.csv").write_text('tag,patterns\nsea,"sea\nwave,wave\n', encoding="utf-8")
    (settings.vocabularies_path / "Sky.csv").write_text("tag,patterns\nsky,sky\n", encoding="utf-8")
    assert not found(settings).is_well
    for said in ("Sky.csv is not used: 'Sky' cannot be", "sea.csv is not used, line ", "1 row is left out"):
        assert said in found(settings).found


def found(settings: Settings) -> Finding:
    """What the doctor says of vocabularies."""
    (finding,) = (each for each in examine(settings) if "vocabularies" in each.about)
    return finding
