"""What people type: the command line and Prefect take the same, and refuse the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter, ValidationError

from flows.durations import parse_duration
from flows.errors import SettingsError
from flows.fields import BaseUrl, Duration
from flows.verbs.backfill import verb as backfill


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2D", timedelta(days=2)), (" 15 m", timedelta(minutes=15)), ("1w ", timedelta(weeks=1)), ("2", None), ("", None),
     ("\u0662d", None), ("2d3h", None), ("12345d", None)],
)  # fmt: skip
def test_a_duration_is_one_for_both(text: str, wanted: timedelta | None) -> None:
    if wanted is not None:
        assert TypeAdapter(Duration).validate_python(text) == text
        assert parse_duration(text) == wanted
        return
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(text)
    with pytest.raises(SettingsError):
        parse_duration(text)


@pytest.mark.parametrize("text", ["http://127.0.0.1:80", "https://www.example.org/", "http://[::1]:8000"])
def test_an_address_of_a_site_has_no_slash_at_its_end(text: str) -> None:
    assert TypeAdapter(BaseUrl).validate_python(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text", ["http://h/path", "http://h//", "http://h?a=1", "http://h#a", "http://:80", "http://", "h", "ftp://h"]
)
def test_what_is_no_address_of_a_site_is_refused_by_both(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(BaseUrl).validate_python(text)
    asked = ["--site", "devdiscourse", "--ids", "1-2", "--dry-run", "--base-url", text]
    answer = CliRunner().invoke(backfill, asked)
    assert answer.exit_code == 2
    assert "not the address of a site" in " ".join(answer.output.replace("│", " ").split())
