"""By which versions of the schemes each article was tagged."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="tagged",
    grain="One row per article that was tagged, also where no scheme found anything: what `retag` goes by.",
    key=("article_uid",),
    columns=(
        required("article_uid", "VARCHAR", "article that was tagged"),
        required("run_id", "VARCHAR", "run that tagged it"),
        Column("versions", "VARCHAR[]", "{scheme}={version} of every scheme it was tagged by, sorted"),
    ),
    sorted_by=("article_uid",),
)
