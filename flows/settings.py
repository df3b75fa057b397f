"""Every setting, read here and nowhere else: environment variables `WIREHOUSE_…`, also from a `.env` file."""

from __future__ import annotations

from datetime import date  # pydantic reads the types of the settings
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

from flows.errors import SettingsError

CODE_VERSION = version("wirehouse")
_PREFIX = "WIREHOUSE_"


class Settings(BaseSettings):
    """The settings of a process; see the table in README.md. Paths are absolute once read."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # the catalog may name a password
    )

    home: Path = Field(default=Path("data"), description="where everything lives that is not told otherwise")
    catalog: str = Field(
        default="", repr=False, description="the DuckLake catalog; default sqlite:{HOME}/catalog.sqlite"
    )
    data_path: str = Field(default="", description="the DuckLake data files; default {HOME}/lake/")
    archive_path: str = Field(default="", description="the WARC files; default {HOME}/archive/")
    dask_address: str | None = Field(
        default=None,
        description="a Dask scheduler that transforms of backfills and replays may use; unset: this process",
    )
    contact: str = Field(
        default="https://github.com/wirehouse/wirehouse", description="the contact named in the User-Agent"
    )
    user_agent: str = Field(default="", description="default wirehouse/{version} (+{contact})")
    max_requests: int = Field(default=20_000, ge=1, description="a run makes at most so many requests to a host")
    crawl_time_limit_s: int = Field(default=600, ge=1, description="a crawl ends after this many seconds")
    snapshot_retention_days: int = Field(
        default=30, ge=1, description="snapshots of the lake stay readable for so many days"
    )
    archive_lost_before: date | None = Field(
        default=None, description="pages fetched before this day (UTC) were lost: they are not missed in the archive"
    )
    archive_retention_days: int | None = Field(
        default=None, ge=1, description="archived pages are kept for so many days; empty: for good"
    )

    @model_validator(mode="after")
    def _fill(self) -> Self:
        home = self.home.expanduser().absolute()
        object.__setattr__(self, "home", home)
        catalog = self.catalog or f"sqlite:{home / 'catalog.sqlite'}"
        kind, _, path = catalog.partition(":")
        object.__setattr__(self, "catalog", f"sqlite:{_absolute(path)}" if kind == "sqlite" and path else catalog)
        object.__setattr__(self, "data_path", _absolute(self.data_path or f"{home / 'lake'}/"))
        object.__setattr__(self, "archive_path", _absolute(self.archive_path or f"{home / 'archive'}/"))
        object.__setattr__(self, "user_agent", self.user_agent or f"wirehouse/{CODE_VERSION} (+{self.contact})")
        if "bot" in self.user_agent.lower():
            raise ValueError(
                f"the User-Agent would be {self.user_agent!r}: sites give a client with 'bot' in its name another page;"
                " change WIREHOUSE_USER_AGENT or WIREHOUSE_CONTACT"
            )
        return self

    @property
    def landing_path(self) -> Path:
        return self.home / "landing"

    @property
    def vocabularies_path(self) -> Path:
        return self.home / "vocabularies"

    @property
    def dashboard_path(self) -> Path:
        return self.home / "dashboard.html"

    @property
    def locks_path(self) -> Path:
        return self.home / "locks"


def _absolute(place: str) -> str:
    """A path that means the same in every working directory; an address, as of a bucket, does so already."""
    if "://" in place:
        return place
    return f"{Path(place).expanduser().absolute()}{'/' if place.endswith('/') else ''}"


def read_settings(home: Path | None = None) -> Settings:
    """Reads the settings; `home` overrides WIREHOUSE_HOME.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names it.
    """
    try:
        return Settings(home=home) if home is not None else Settings()
    except ValidationError as error:
        reasons = "; ".join(f"{_variable(*each['loc'][:1])}{each['msg']}" for each in error.errors())
        raise SettingsError(f"the settings cannot be used: {reasons}") from error


def _variable(*names: int | str) -> str:
    """The variable of a setting, as the beginning of a message; empty where it is of several."""
    return "".join(f"{_PREFIX}{str(name).upper()}: " for name in names)


def unknown_variables() -> dict[str, str | None]:
    """Variables `WIREHOUSE_…` of the environment and of `.env` that are no settings; which each may be meant for."""
    known = [name.upper() for name in Settings.model_fields]
    given = {*EnvSettingsSource(Settings).env_vars, *DotEnvSettingsSource(Settings).env_vars}
    named = {name.upper().removeprefix(_PREFIX) for name in given if name.upper().startswith(_PREFIX)}
    meant = {name: get_close_matches(name, known, n=1) for name in sorted(named - set(known))}
    return {f"{_PREFIX}{name}": f"{_PREFIX}{close[0]}" if close else None for name, close in meant.items()}
