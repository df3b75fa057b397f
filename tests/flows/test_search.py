"""Search: the same words in Python and SQL, ranking, phrases, exclusion, and an index that follows the articles."""

from __future__ import annotations

import io
import json
import unicodedata
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms
import warehouse
from flows.publishing import to_arrow, to_removals
from flows.search_indexing import index_words
from tests.warehouse.conftest import empty_warehouse, location
from tests.warehouse.rows import NOON, at, rows, run
from tests.warehouse.test_maintaining import MONTH
from tests.warehouse.test_ways_in import shell
from warehouse.declared import relations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["empty_warehouse", "location"]

ARTICLES: dict[str, dict[str, Any]] = {
    "flood": {
        "title": "Floods hit Kerala",
        "summary": "A state of emergency was declared.",
        "body": "Heavy rain in Kerala\u2019s north.\n\nThe prime minister visited S\u00e3o Paulo, not Kerala.",
    },
    "markets": {"title": "Markets rise", "body": "The minister said prime rates fell in a flood of money."},
    "hindi": {"title": "\u0939\u093f\u0928\u094d\u0926\u0940", "body": "\u092c\u093e\u0922\u093c \u0906\u0908"},
    "tokyo": {"title": "\u6771\u4eac\u30bf\u30ef\u30fc", "body": "\u4eca\u65e5", "published_at": None},
    "empty": {"title": None},
}  # fmt: skip


def publish(where: warehouse.Location, run_id: str, articles: dict[str, dict[str, Any]]) -> None:
    """A run that sees these articles, as the flows publish it."""
    told = [
        {"published_at": NOON, "body": None, **each, "article_uid": uid, "content_hash": str(sorted(each.items()))}
        for uid, each in articles.items()
    ]
    table = rows("articles", *told)
    frame = table.to_pandas().astype(dict.fromkeys(("title", "summary", "body", "content_hash"), "str"))
    with warehouse.connect(where) as connection:
        words = index_words(warehouse.SearchIndex(connection), frame)
    warehouse.publish(
        where,
        run_id,
        {"runs": run(run_id), **{name: to_arrow(name, each) for name, each in words.appends.items()}},
        {"articles": table, **{name: to_arrow(name, each) for name, each in words.replaces.items()}},
        removes={name: to_removals(each) for name, each in words.removes.items()},
        check=False,
    )


def search(connection: duckdb.DuckDBPyConnection, query: str | None) -> list[str]:
    return [uid for (uid,) in connection.execute("SELECT article_uid FROM search(?) ORDER BY rank", [query]).fetchall()]


@pytest.fixture(scope="module")
def filled(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> warehouse.Location:
    where = location.__wrapped__(tmp_path_factory.mktemp("search"), empty_warehouse)  # type: ignore[attr-defined]
    publish(where, "run-1", ARTICLES)
    return where


@pytest.fixture(scope="module")
def reader(filled: warehouse.Location) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(filled) as connection:
        yield connection


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def words() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(relations()["search_words"].sql)
        yield connection


def disagreements(connection: duckdb.DuckDBPyConnection, texts: Sequence[str]) -> list[tuple[str, list[str]]]:
    given_texts = pa.table({"text": pa.array(texts, pa.string())})
    connection.register("given_texts", given_texts)
    found = connection.execute("SELECT text, search_words(text) FROM given_texts").fetchall()
    return [(text, in_sql) for text, in_sql in found if in_sql != transforms.search_words(text)]


#: Signs that fold, join, part, compose or end a word, and what looks like syntax.
_HOSTILE = (
    "sSeIiaxhu'\u2019`\u0130\u0131\u00df\u03a3\u03c3\u03c2\u0301\u0307\u0308\u0345\u0915\u093c\u0958\u094d\u200d\u200c"
    "\u1100\u1161\u11a8\uac00\u0e01\u0e33\u6771\u30fc\uff21\ufb01\ufdfa\u1e9e\u1fb3\u212b\u00ad\ufeff\u0000\u0085\u00a0"
    '\u2028 -"\\_%[](){}*+?.|^$,;:/\U0001f600\U00020000\U000e0041\U0010ffff'
)


@given(st.lists(st.text(st.one_of(st.sampled_from(_HOSTILE), st.characters(exclude_categories=["Cs"]))), max_size=40))
@settings(max_examples=20)
def test_a_question_is_read_as_the_articles_are(texts: list[str]) -> None:
    with duckdb.connect() as connection:
        connection.execute(relations()["search_words"].sql)
        assert disagreements(connection, texts) == []


def test_every_letter_is_folded_alike_in_python_and_in_sql(words: duckdb.DuckDBPyConnection) -> None:
    letters = [chr(code) for code in (*range(0x3000), *range(0xA640, 0xAC00), *range(0xF900, 0x11000, 3))]
    assert disagreements(words, [f"a{letter}s {unicodedata.normalize('NFD', letter)}" for letter in letters]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("India's countries, churches and FLOODS", "india country church and flood"),
        ("news crisis gas lens", "news crisis gas len"),
        ("viruses virus bonuses bonus buses bus us uses use", "virus virus bonus bonus bus bus us use use"),
        ("houses house causes cause", "hous hous caus caus"),
        ("Reuters's Reuters' boss's bosses James\u2019s James", "reuter reuter boss boss jame jame"),
        ("the 1990's, the 1990s, 's-Hertogenbosch", "the 1990 the 1990s s hertogenbosch"),
        ("\u00c9cole \u039f\u0394\u039f\u03a3 Stra\u00dfe", "ecole \u03bf\u03b4\u03bf\u03c3 strasse"),
        ("COVID-19 U.S. 3.5%", "covid 19 u s 3 5"),
        ("\u0915\u093c\u0940\u092e\u0924 \u0964", "\u0915\u093c\u0940\u092e\u0924"),
        ("\u6771\u4eac tower", "\u6771 \u4eac tower"),
        ("x" * 100, "x" * 64),
    ],
)
def test_words_are_folded(text: str, expected: str) -> None:
    assert transforms.search_words(text) == expected.split()


# -- questions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("flood", ["flood", "markets"]),  # in the headline before in the body
        ("Kerala's FLOOD", ["flood"]),
        ("flood -kerala", ["markets"]),
        ("flood -\"prime minister\"", ["markets"]),
        ("minister prime", ["markets", "flood"]),
        ('"prime minister"', ["flood"]),
        ("\u201cprime minister\u201d", ["flood"]),
        ('"state of emergency"', ["flood"]),
        ('"state emergency"', []),
        ('"kerala emergency"', []),  # the last word of one field, the first of the next
        ("sao paulo", ["flood"]),
        ("prime-minister", ["flood"]),  # words without a space between stand beside one another
        ("flood nowhere", []),
        ("\u092c\u093e\u0922\u093c", ["hindi"]),
        ("\u6771\u4eac", ["tokyo"]),
        ("\u4eac\u6771", []),
        ('flood "kerala', ["flood"]),
    ],
)  # fmt: skip
def test_a_question_finds_what_it_asks_for_the_best_first(
    reader: duckdb.DuckDBPyConnection, query: str, expected: list[str]
) -> None:
    assert search(reader, query) == expected


@pytest.mark.parametrize("blank", "\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u000b\u001f\u0085")
def test_every_blank_divides_words(reader: duckdb.DuckDBPyConnection, blank: str) -> None:
    for question in ("minister kerala", "minister -rates", '"prime minister" -money'):
        assert search(reader, question.replace(" ", blank)) == search(reader, question) == ["flood"], question


@pytest.mark.parametrize("dash", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d")
def test_every_dash_before_a_word_leaves_it_out(reader: duckdb.DuckDBPyConnection, dash: str) -> None:
    assert search(reader, f"minister {dash}rates") == ["flood"]
    assert search(reader, f'minister \u200b{dash}"prime minister"') == ["markets"]
    assert search(reader, f"prime{dash}minister {dash} kerala") == ["flood"]


@pytest.mark.parametrize("quotes", ["\u201f\u201d", "\u275d\u275e", "\u301d\u301e", "\u301d\u301f"])
def test_every_double_quote_makes_a_phrase(reader: duckdb.DuckDBPyConnection, quotes: str) -> None:
    assert search(reader, f"{quotes[0]}prime minister{quotes[1]}") == ["flood"]


@pytest.mark.parametrize("query", [None, "", " ", "the", '"of the"', "-", "-flood", '"', '""', "\0", "'; DROP", "%_\\"])
def test_a_question_without_a_word_to_look_for_finds_nothing(
    reader: duckdb.DuckDBPyConnection, query: str | None
) -> None:
    assert search(reader, query) == []


def test_a_very_long_question_is_answered_by_its_first_words(reader: duckdb.DuckDBPyConnection) -> None:
    assert search(reader, "flood kerala " * 1_000) == ["flood"]
    assert search(reader, f'"{"flood " * 2_000}"') == []
    assert search(reader, " ".join(f"word{number}" for number in range(2_000))) == []


def test_the_score_is_bm25(empty_warehouse: Path, tmp_path: Path) -> None:
    where = location.__wrapped__(tmp_path, empty_warehouse)  # type: ignore[attr-defined]
    publish(where, "run-1", {"a": {"title": "x", "body": "flood"}, "b": {"title": "y", "body": "rain rain tide"}})
    with warehouse.connect(where) as connection:
        (score,) = connection.execute("SELECT score FROM search('rain')").fetchall()[0]
    # ln(1 + (2 - 1 + 0.5) / (1 + 0.5)) times 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 3))
    assert score == pytest.approx(0.6931 * 4.4 / 3.5, abs=1e-3)


def test_the_snippet_shows_the_words_where_most_of_them_stand(reader: duckdb.DuckDBPyConnection) -> None:
    (snippet,) = reader.execute("SELECT snippet FROM search('prime minister -money')").fetchall()[0]
    assert (
        snippet == "\u2026 rain in Kerala\u2019s north. The **prime** **minister** visited S\u00e3o Paulo, not Kerala."
    )


def test_the_snippet_shows_the_phrase_that_was_asked_for(empty_warehouse: Path, tmp_path: Path) -> None:
    where = location.__wrapped__(tmp_path, empty_warehouse)  # type: ignore[attr-defined]
    apart, between = "So he said. The law would not.", "x " * 40
    publish(
        where, "run-1", {"a": {"title": "a", "body": f"{apart} {between}The city said it would pay. {between}{apart}"}}
    )
    with warehouse.connect(where) as connection:
        ((snippet,),) = connection.execute("SELECT snippet FROM search('\"said it would\"')").fetchall()
        ((words,),) = connection.execute("SELECT snippet FROM search('said would')").fetchall()
    assert "The city **said** it **would** pay." in snippet
    assert words.startswith("So he **said.** The law **would** not.")


def test_the_snippet_of_a_text_without_spaces_is_a_part_of_it(empty_warehouse: Path, tmp_path: Path) -> None:
    where = location.__wrapped__(tmp_path, empty_warehouse)  # type: ignore[attr-defined]
    quake, day = "\u5730\u9707", "\u4eca\u65e5"
    texts = {
        "han": {"title": "a", "body": f"{day * 200}\u3001{quake}\u3002{day * 200}"},
        "address": {"title": "b", "body": f"flood https://x.example/{'y' * 5000}"},
    }
    publish(where, "run-1", texts)
    with warehouse.connect(where) as connection:
        found = [
            connection.execute("SELECT snippet FROM search(?)", [query]).fetchall()[0][0] for query in (quake, "flood")
        ]
    assert found[0] == f"\u2026 {day * 2}\u3001**{quake}**\u3002{day * 11} \u2026"
    assert found[1].startswith("**flood** https://x.example/y")
    assert len(found[1]) < 2_000


def test_search_works_in_the_guarded_way_in_and_in_the_shell(filled: warehouse.Location, tmp_path: Path) -> None:
    out = io.BytesIO()
    warehouse.query.run(filled, "SELECT article_uid, search_words('Floods') FROM search('flood')", "jsonl", out)
    assert [json.loads(line)["article_uid"] for line in out.getvalue().splitlines()] == ["flood", "markets"]
    script = tmp_path / "attach.sql"
    script.write_text(warehouse.attach_script(filled, with_packaged_extensions=True))
    asked = shell(script, "SELECT article_uid FROM search('flood -kerala')", tmp_path)
    assert json.loads(asked.stdout) == [{"article_uid": "markets"}], asked.stderr


# -- the index ---------------------------------------------------------------------------------------------------------


def test_a_revised_article_is_found_by_its_new_words_only(location: warehouse.Location) -> None:
    publish(location, "run-1", ARTICLES)
    moved = {"title": "Drought hits Kerala", "published_at": at(24 * 60)}
    publish(location, "run-2", {**ARTICLES, "flood": moved})
    with warehouse.connect(location) as connection:
        assert search(connection, "flood") == ["markets"]
        assert search(connection, "drought") == ["flood"]
        assert connection.execute(
            "SELECT term, in_title, positions FROM search_postings WHERE article_uid = 'flood' ORDER BY positions"
        ).fetchall() == [("drought", 1, [0]), ("hit", 1, [1]), ("kerala", 1, [2])]
        assert all(each.passed for each in warehouse.checks.run(connection) if each.check == "search_index_is_whole")


def test_maintenance_keeps_the_answers_and_the_order_by_word(location: warehouse.Location) -> None:
    for number, (uid, article) in enumerate(ARTICLES.items()):
        publish(location, f"run-{number}", {uid: article, "same": {"title": f"Kerala {number}"}})
    with warehouse.connect(location) as connection:
        before = [search(connection, query) for query in ("flood", "kerala", '"prime minister"')]
    warehouse.maintain(location, MONTH)
    with warehouse.connect(location) as connection:
        assert [search(connection, query) for query in ("flood", "kerala", '"prime minister"')] == before
        files = connection.execute("SELECT data_file FROM ducklake_list_files('lake', 'search_postings')").fetchall()
    assert len(files) == 2  # one a month
    for (file,) in files:
        terms = pq.read_table(file, columns=["term"]).column("term").to_pylist()
        assert terms == sorted(terms)


def test_the_index_of_articles_in_any_batches_is_the_same(location: warehouse.Location) -> None:
    frame = pd.DataFrame([{"title": None, "summary": None, "body": None, **each} for each in ARTICLES.values()])
    frame = frame.assign(
        article_uid=list(ARTICLES),
        content_hash="x",
        published_at=pd.to_datetime([NOON, NOON, NOON, None, NOON], utc=True),
    )
    whole = transforms.search_index(frame).postings
    parts = [transforms.search_index(frame.iloc[[number]]).postings for number in (3, 1, 4, 0, 2)]
    order = ["term", "article_uid"]
    pd.testing.assert_frame_equal(
        pd.concat(parts).sort_values(order, ignore_index=True), whole.sort_values(order, ignore_index=True)
    )


def test_an_article_that_the_index_does_not_have_as_it_is_now_is_found_by_a_check(location: warehouse.Location) -> None:
    publish(location, "run-1", ARTICLES)
    with warehouse.lake.open_lake(location, read_only=False) as connection:
        connection.execute("UPDATE lake.articles SET content_hash = 'new' WHERE article_uid = 'hindi'")
        (found,) = [each for each in warehouse.checks.run(connection) if each.check == "search_index_is_whole"]
    assert (found.passed, found.observed, found.detail) == (False, "1", "hindi")
