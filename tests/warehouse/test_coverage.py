"""Coverage: what of a day is here, and up to when an analyst may rely on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tests.warehouse.rows import at, rows
from warehouse.lake import connect, open_lake

if TYPE_CHECKING:
    import pyarrow as pa

    import warehouse

DAY = dt.date(2025, 12, 10)


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def landed(*articles: tuple[int, int], site: str = "s") -> dict[str, pa.Table]:
    """Articles by their ids and days."""
    uids = [(f"{site}:{number}", number, day(on)) for number, on in articles]
    return {
        "articles": rows("articles", *({"article_uid": u, "site": site, "site_date": d} for u, _, d in uids)),
        "urls": rows(
            "urls",
            *(
                {"site": site, "url": u, "article_uid": u, "site_article_id": str(n), "state": "landed"}
                for u, n, _ in uids
            ),
        ),
    }


def addresses(state: str, *ids: int, **facts: Any) -> dict[str, pa.Table]:
    each = [{"site": "s", "url": f"{state}{n}", "site_article_id": str(n), "state": state, **facts} for n in ids]
    return {"urls": rows("urls", *each)}


def cover(location: warehouse.Location, *batches: dict[str, pa.Table]) -> list[tuple[Any, ...]]:
    """Each day: number, known, landed, pending, failed, gone, other, never looked at, complete."""
    write(location, *batches)
    with connect(location) as connection:
        found = connection.execute(
            "SELECT site_date, known, landed, pending, failed, gone, other, never_looked_at::INT, is_complete"
            " FROM coverage ORDER BY ALL"
        ).fetchall()
    return [((each[0] - DAY).days, *each[1:]) for each in found]


def write(location: warehouse.Location, *batches: dict[str, pa.Table]) -> None:
    with open_lake(location, read_only=False) as connection:
        for batch in batches:
            for name, table in batch.items():
                connection.register("incoming", table)
                connection.execute(f"INSERT INTO lake.{name} BY NAME FROM incoming")


def test_a_day_is_complete_when_every_address_and_id_has_a_final_state(location: warehouse.Location) -> None:
    found = cover(
        location,
        landed((1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (8, 2), (9, 3)),
        addresses("gone", 2),
        addresses("pending", 5),
        addresses("failed", 10),
    )
    assert found == [
        (0, 3, 2, 0, 0, 1, 0, 0, True),
        (1, 3, 2, 1, 0, 0, 0, 0, False),
        (2, 2, 2, 0, 0, 0, 0, 0, True),
        (3, 2, 1, 0, 1, 0, 0, 0, False),
    ]


def test_ids_that_nobody_looked_at_lie_in_time_between_the_articles_around(location: warehouse.Location) -> None:
    found = cover(location, landed((1, 0), (4, 0), (10, 3), (11, 4), (12, 5)))
    assert [(number, never, done) for number, *_, never, done in found] == [
        (0, 2, False), (1, 2, False), (2, 2, False), (3, 1, False), (4, 0, True), (5, 0, False),
    ]  # fmt: skip


def test_ids_of_another_numbering_neither_are_missing_nor_place_others(location: warehouse.Location) -> None:
    before = cover(
        location,
        # Live discourses, of some days of the middle and of long ago.
        landed((41, 0), (44, 2), (47, 3), (50, 2)),
        landed((3_700_005, 0), (3_700_006, 1), (3_700_007, 2), (3_700_008, 3), (3_700_009, 4), (3_700_010, 5)),
    )
    assert [(row[0], row[7], row[8]) for row in before] == [
        (0, 0, True), (1, 0, True), (2, 0, True), (3, 0, True), (4, 0, True), (5, 0, False),
    ]  # fmt: skip
    # Looked for below the first article, and not there: of the days before it, not of the live discourse below.
    write(location, addresses("gone", 3_700_003, 3_700_004))
    assert [each[:2] + each[5:] for each in cover(location)] == [
        (-2, 1, 1, 0, 0, True), (-1, 1, 1, 0, 0, True), (0, 2, 0, 0, 0, True), (1, 1, 0, 0, 0, True),
        (2, 3, 0, 0, 0, True), (3, 2, 0, 0, 0, True), (4, 1, 0, 0, 0, True), (5, 1, 0, 0, 0, False),
    ]  # fmt: skip


def test_a_numbering_is_told_from_another_however_long_ago_its_articles_are(location: warehouse.Location) -> None:
    # A year lies between: ids may have come as fast as from 50 to 3,600,000, had time not gone back.
    found = cover(location, landed((41, 360), (44, 362), (50, 364), *((3_600_000 + n, n) for n in range(366))))
    assert sum(row[7] for row in found) == 0
    assert [row[0] for row in found if not row[8]] == [365]


def test_the_first_day_is_not_complete_while_what_is_below_its_first_id_was_not_looked_at(
    location: warehouse.Location,
) -> None:
    # An id every two and a half hours, the first known one at noon: four came before on its day.
    articles = [(1_000 + n, int(12 + 2.5 * n) // 24) for n in range(40)]
    times = [{**each, "published_at": at(2.5 * n)} for n, each in enumerate(landed(*articles)["articles"].to_pylist())]
    write(location, {**landed(*articles), "articles": rows("articles", *times)})
    first, second = cover(location)[:2]
    assert (first[7:], second[7:]) == ((4, False), (0, True))
    write(location, addresses("gone", *range(996, 1_000)))
    assert [each[7:] for each in cover(location)[:2]] == [(0, True), (0, True)]


def test_the_end_of_a_redirect_that_is_no_article_is_of_no_day(location: warehouse.Location) -> None:
    error = {"site": "s", "url": "/Error/PageNotFound", "state": "gone", "discovered_by": "redirect"}
    found = cover(
        location,
        landed((1, 0), (2, 1), (3, 2)),
        {"urls": rows("urls", {**error, "discovered_at": at(7_200)}, {**error, "url": "/x", "state": "not_article"})},
    )
    assert [(each[0], each[1], each[8]) for each in found] == [(0, 1, True), (1, 1, True), (2, 1, False)]


def test_a_day_after_the_newest_article_by_id_is_not_complete(location: warehouse.Location) -> None:
    # What the last article of an id does not close, a live discourse of later does not.
    articles = landed((41, 1), (42, 6), (3_700_001, 0), (3_700_002, 1), (3_700_003, 2))
    assert [(each[0], each[8]) for each in cover(location, articles)] == [
        (0, True), (1, True), (2, False), (6, False),
    ]  # fmt: skip


def test_one_article_of_an_odd_day_moves_no_ids(location: warehouse.Location) -> None:
    found = cover(location, landed((1, 5), (2, 5), (3, 0), (5, 5), (6, 5), (7, 6)))
    assert [(each[0], each[1], each[7]) for each in found] == [(0, 1, 0), (5, 4, 1), (6, 1, 0)]


def test_an_id_of_any_size_breaks_nothing(location: warehouse.Location) -> None:
    ids = (0, 10**14, 2**63 - 1)
    found = cover(location, landed((100, 0), (102, 1), (104, 2)), addresses("gone", *ids))
    assert sum(each[1] for each in found if each[0] in range(3)) >= 3
    assert [each[7] for each in found if each[0] == 1] == [1], "the ids between articles are still counted"


def test_addresses_without_ids_belong_to_the_day_of_the_doors(location: warehouse.Location) -> None:
    plain = {"site": "s", "url": "x", "state": "pending", "site_article_id": None}
    urls = rows("urls", {**plain, "lastmod_at": at(24)}, {**plain, "url": "y", "discovered_at": at(48)})
    found = cover(location, landed((1, 0)), {"urls": urls})
    assert [each[:4] for each in found] == [(0, 1, 1, 0), (1, 1, 0, 1), (2, 1, 0, 1)]


def test_the_longest_run_of_complete_days_is_what_may_be_relied_on(location: warehouse.Location) -> None:
    # Days 0 and 10 to 13 are complete; of 14 one is pending, 15 is the newest.
    write(
        location,
        landed((1, 0), (2, 1), (89, 9), (90, 10), (91, 11), (92, 12), (93, 13), (95, 14), (96, 15)),
        addresses("pending", 94),
        landed((1, 0), (2, 0), site="other"),
    )
    with connect(location) as connection:
        found = connection.execute(
            "SELECT DISTINCT site, complete_from, complete_through FROM coverage ORDER BY site"
        ).fetchall()
    assert found == [("other", None, None), ("s", day(10), day(13))]
