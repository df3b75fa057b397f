import datetime
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import transforms
from tests.transforms.builders import RECORDED_AT, SITES, record, records
from transforms import shapes

NOTHING = pd.DataFrame()
SHAPES = {
    name: getattr(shapes, name.upper())
    for name in (
        *("observations", "revisions", "articles", "outcomes", "fetches", "sidebars", "findings", "rejects"),
        *("urls", "field_coverage", "tags", "tagged"),
    )
}


def frames(rows):
    """Every output frame, made of the same records."""
    seen = transforms.observations(rows, SITES)
    made = transforms.revisions(seen, NOTHING, RECORDED_AT)
    current = transforms.articles(seen, NOTHING, made)
    log = rows.assign(verdict="article", purpose="article") if len(rows) else NOTHING
    exchanges = transforms.fetches(log, seen, made)
    return {
        "observations": seen,
        "revisions": made,
        "articles": current,
        "outcomes": transforms.outcomes(seen, made),
        "fetches": exchanges,
        "urls": transforms.urls(NOTHING, NOTHING, exchanges, current, "run-1"),
        "field_coverage": transforms.field_coverage(rows),
        "sidebars": transforms.sidebars(rows, NOTHING),
        "tags": transforms.tags(current, NOTHING),
        "tagged": transforms.tagged(current, NOTHING, "run-1"),
        "findings": transforms.findings(rows),
        "rejects": transforms.rejects(NOTHING, transforms.rejected_records(rows)),
    }


ENTRY = {"section": "latest", "rank": 1, "url": "https://www.planet.example/a", "title": "t"}
FULL = records(
    record(sidebars=[ENTRY], findings=[{"field": "place", "problem": "missing", "detail": ""}]), record(title=None)
)


CASES = {"no frame": NOTHING, "no rows": FULL[:0], "a reject": FULL[1:], "rows": FULL}


@cache
def frames_of(case):
    return frames(CASES[case])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", SHAPES)
def test_every_frame_has_its_declared_columns_and_types(name, case):
    frame = frames_of(case)[name]
    assert list(frame.columns) == list(SHAPES[name])
    assert frame.dtypes.astype(str).tolist() == shapes.empty(SHAPES[name]).dtypes.astype(str).tolist()
    table = transforms.as_arrow(frame, SHAPES[name])
    assert not any(pa.types.is_null(field.type) for field in table.schema)
    table.validate(full=True)


@pytest.mark.parametrize("name", ["observations", "revisions", "articles"])
def test_frames_survive_arrow(name):
    frame = frames_of("rows")[name]
    back = transforms.as_arrow(frame, SHAPES[name]).to_pandas()
    pd.testing.assert_frame_equal(shapes.conform(back, SHAPES[name]), frame)


def test_articles_and_revisions_share_the_content_columns():
    count = len(shapes.CONTENT)
    for shape in (shapes.OBSERVATIONS, shapes.REVISIONS, shapes.ARTICLES):
        assert list(shape)[:count] == list(shapes.CONTENT)


def test_a_frame_of_another_shape_is_refused():
    with pytest.raises(transforms.ShapeError, match="lacks b"):
        shapes.conform(pd.DataFrame({"a": ["x"]}), {"a": "text", "b": "text"})
    with pytest.raises(transforms.ShapeError, match="column a does not hold count"):
        shapes.conform(pd.DataFrame({"a": [None]}), {"a": "count"})
    with pytest.raises(transforms.ShapeError, match="column a does not hold date"):
        shapes.conform(pd.DataFrame({"a": ["2026-01-01"]}), {"a": "date"})


def test_lists_and_dates_of_any_make_come_out_as_declared():
    days = [pd.Timestamp("2026-01-02T03:00"), pd.NaT]
    given = pd.DataFrame({"l": [np.array(["x"]), None], "d": days, "f": [None, True]})
    frame = shapes.conform(given, {"l": "texts", "d": "date", "f": "flag"})
    assert frame["l"].tolist() == [["x"], []]
    assert frame["d"].tolist() == [datetime.date(2026, 1, 2), None]
    assert frame["f"].tolist() == [False, True]


def test_the_public_names_are_these():
    assert sorted(transforms.__all__) == transforms.__all__
    assert set(SHAPES) <= set(transforms.__all__)
    assert all(callable(getattr(transforms, name)) for name in transforms.__all__)
