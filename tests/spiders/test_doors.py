"""A site's doors: what they announce is read, damaged ones give what can be had, and none does harm."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.doors import (
    MAX_FEED_BYTES,
    Announcement,
    DoorReading,
    _whole_entries,
    read_feed,
    read_sitemap,
    utc_or_none,
)

HOME = "https://www.example.com"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def entry(number: int, lastmod: str = "2025-12-12T19:00:00+05:30") -> str:
    return f"<url><loc>{HOME}/article/health/{number}-a-story</loc><lastmod>{lastmod}</lastmod></url>\n"


def sitemap(*entries: str) -> bytes:
    return f"{DECLARATION}<urlset {NAMESPACES}>\n{''.join(entries)}</urlset>\n".encode()


def rss(items: str) -> bytes:
    return f'{DECLARATION}<rss version="2.0"><channel><link>{HOME}/</link>{items}</channel></rss>'.encode()


def item(number: int) -> str:
    address = f"{HOME}/article/health/{number}-a-story"
    return (
        f"<item><title>A story</title><link>{address}</link><guid>{address}</guid>"
        "<pubDate>Fri, 12 Dec 2025 19:00:00 +0530</pubDate></item>"
    )


SITEMAP = sitemap(*(entry(number) for number in range(1, 4)))
FEED = rss("".join(item(number) for number in range(1, 4)))
ATOM = (
    f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom"><link href="{HOME}/"/>'
    f'<entry><title>A story</title><id>tag:1</id><link rel="alternate" href="/article/health/1-a-story"/>'
    "<published>2025-12-12T19:00:00+05:30</published><updated>2025-12-12T21:15:00+05:30</updated></entry></feed>"
).encode()
STORIES = [f"{HOME}/article/health/{number}-a-story" for number in range(1, 4)]
MOMENT = "2025-12-12T13:30:00+00:00"


def feed(body: bytes, content_type: str | None = "application/rss+xml") -> DoorReading:
    return read_feed(body, f"{HOME}/rss/website", content_type)


def addresses(reading: DoorReading) -> list[str]:
    return [each.url for each in reading.announcements]


# -- site maps ---------------------------------------------------------------------------------------------------------


def test_a_site_map_announces_its_addresses_in_order_with_their_times_in_utc() -> None:
    assert read_sitemap(SITEMAP) == DoorReading([Announcement(story, MOMENT) for story in STORIES])


def test_a_news_site_map_announces_articles_and_not_their_pictures() -> None:
    news = (
        "<news:news><news:publication><news:name>X</news:name></news:publication>"
        "<news:publication_date>2025-12-12T18:00:00+05:30</news:publication_date></news:news>"
        f"<image:image><image:loc>{HOME}/picture.jpg</image:loc></image:image>"
    )
    reading = read_sitemap(sitemap(entry(1).replace("</url>", f"{news}</url>"), entry(2, "2025-12-12T09:30:00-04:00")))
    assert reading == DoorReading([Announcement(STORIES[0], MOMENT), Announcement(STORIES[1], MOMENT)])


def test_an_index_names_further_site_maps_and_announces_nothing() -> None:
    body = f"<sitemapindex {NAMESPACES}><sitemap><loc> {HOME}/map-1.xml.gz </loc></sitemap></sitemapindex>".encode()
    assert read_sitemap(body) == DoorReading(sitemaps=[f"{HOME}/map-1.xml.gz"])


def test_a_gzipped_site_map_is_unpacked_also_when_it_comes_in_several_pieces() -> None:
    many = sitemap(*(entry(number) for number in range(3_000)))
    assert read_sitemap(gzip.compress(SITEMAP)) == read_sitemap(SITEMAP)
    assert len(read_sitemap(gzip.compress(many)).announcements) == 3_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_not_matter(encoding: str) -> None:
    assert addresses(read_sitemap(SITEMAP.decode().encode(encoding))) == STORIES


def test_a_list_of_addresses_and_a_feed_are_site_maps_too() -> None:
    assert read_sitemap(("\n".join(STORIES) + "\n").encode()) == DoorReading([Announcement(each) for each in STORIES])
    assert addresses(read_sitemap(FEED)) == STORIES
    listed = read_sitemap(f"{STORIES[0]}\nUser-agent: *\n".encode())
    assert addresses(listed) == STORIES[:1]
    assert listed.problem == "1 lines of the list are no addresses"


def test_an_empty_site_map_is_no_problem() -> None:
    assert read_sitemap(sitemap()) == DoorReading()


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("/a?b=1&amp;c=2", "/a?b=1&c=2"),
        ("/a?b=1&c=2", "/a?b=1&c=2"),
        ("<![CDATA[/a?b=1&c=2]]>", "/a?b=1&c=2"),
        ("\n  /a\n", "/a"),
    ],
)
def test_addresses_are_read_whether_or_not_they_are_escaped(address: str, read: str) -> None:
    assert addresses(read_sitemap(sitemap(f"<url><loc>{address}</loc></url>"))) == [read]


# -- damaged site maps -------------------------------------------------------------------------------------------------


def test_a_site_map_cut_off_anywhere_gives_whole_addresses_only_and_says_so() -> None:
    for length in range(1, len(SITEMAP.rstrip())):
        reading = read_sitemap(SITEMAP[:length])
        assert addresses(reading) == STORIES[: SITEMAP[:length].count(b"</url>")]
        assert reading.problem


def test_counting_the_entries_of_a_site_map_takes_no_memory() -> None:
    markup = b"<urlset>" + b"<url></url>" * 20_000 + b"</urlset>"
    tracemalloc.start()
    assert _whole_entries(markup) == (markup, 20_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_a_gzipped_site_map_that_is_cut_off_or_damaged_gives_what_stands_before() -> None:
    packed = gzip.compress(sitemap(*(entry(number * 7_919 % 100_003) for number in range(3_000))))
    cut = read_sitemap(packed[: len(packed) // 2])
    assert 100 < len(cut.announcements) < 3_000
    assert cut.problem == "damaged gzip: it ends too early"
    damaged = bytearray(packed)
    damaged[len(packed) // 2 :] = bytes(len(packed) // 2)
    reading = read_sitemap(bytes(damaged))
    assert len(reading.announcements) > 100
    assert "damaged gzip" in (reading.problem or "")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "neither XML nor a list"),
        (b"User-agent: *\nDisallow: /", "neither XML nor a list"),
        (b"<!DOCTYPE html><html><body><a href='/article/health/1-x'>x</a></body></html>", "found the element 'html'"),
        (b"<", "StopIteration"),
        (b"\0\0\0", "neither XML nor a list"),
    ],
)
def test_what_is_no_site_map_is_named(body: bytes, problem: str) -> None:
    reading = read_sitemap(body)
    assert reading.announcements == []
    assert problem in (reading.problem or "")


def test_other_faults_cost_what_they_concern() -> None:
    misplaced = read_sitemap(b"<br />\n<b>Warning</b>: a module\n" + SITEMAP)
    assert addresses(misplaced) == STORIES
    assert misplaced.problem == "32 bytes stand before the site map"
    nameless = read_sitemap(sitemap(entry(1), "<url><lastmod>2025-12-12</lastmod></url>", "<!-- <url> -->", entry(2)))
    assert addresses(nameless) == STORIES[:2]
    assert nameless.problem == "1 of 3 entries have no address"
    unclosed = read_sitemap(sitemap(entry(1), "<url><loc>https://x.example/1</loc>", entry(2)))
    assert STORIES[0] in addresses(unclosed)
    assert STORIES[1] in addresses(unclosed)
    assert unclosed.problem
    badly_rooted = read_sitemap(f"<sitemap-of-site>{entry(1)}</sitemap-of-site>".encode())
    assert addresses(badly_rooted) == STORIES[:1]
    assert "sitemap-of-site" in (badly_rooted.problem or "")
    undated = read_sitemap(sitemap(entry(1, "yesterday")))
    assert undated == DoorReading([Announcement(STORIES[0])])


# -- harm --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def visits() -> Iterator[tuple[str, list[object]]]:
    """The address of a server on this machine, and the list of those who called on it."""
    found: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        is_over = threading.Event()

        def listen() -> None:
            while not is_over.is_set():
                try:
                    connection, caller = server.accept()
                except TimeoutError:
                    continue
                found.append(caller)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", found
        is_over.set()
        thread.join()


@pytest.mark.parametrize("door", [read_sitemap, feed])
def test_nothing_outside_the_document_is_ever_fetched(door, visits, tmp_path: Path) -> None:
    address, callers = visits
    secret = tmp_path / "secret.txt"
    secret.write_text("hush-hush")
    for source in (f"{address}/x.dtd", secret.as_uri(), str(secret)):
        for document in (SITEMAP, FEED, ATOM):
            declared = (
                f'<!DOCTYPE x SYSTEM "{source}" [<!ENTITY e SYSTEM "{source}"><!ENTITY % p SYSTEM "{source}"> %p;]>'
                f'<?xml-stylesheet href="{source}"?>'
            )
            included = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{source}" parse="text"/>&e;'
            text = document.decode().replace("?>", f"?>{declared}", 1).replace("/1-a-story", f"/1-a-story{included}", 1)
            assert "hush" not in repr(door(text.encode()))
        assert "hush" not in repr(door(source.encode()))
    time.sleep(0.2)
    assert callers == []


@pytest.mark.parametrize("door", [read_sitemap, feed])
@pytest.mark.parametrize("place", ["/1-a-story", "<url>", "<title>"])
def test_entities_that_multiply_take_neither_memory_nor_time(door, place: str) -> None:
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    declared = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    put_in = '<url x="&l9;">' if place == "<url>" else f"{place}&l9;"
    started = time.perf_counter()
    for document in (SITEMAP, FEED):
        reading = door(document.decode().replace("?>", f"?>{declared}", 1).replace(place, put_in, 1).encode())
        assert all(len(address) < 1_000 for address in addresses(reading))
    assert time.perf_counter() - started < 2


def test_a_gzip_bomb_is_unpacked_up_to_the_limit_only() -> None:
    bomb = gzip.compress(sitemap(*(entry(number) for number in range(3))) + b" " * 80_000_000)
    reading = read_sitemap(bomb)
    assert addresses(reading) == [story.replace("/1-", "/0-") for story in STORIES[:1]] + STORIES[:2]
    assert "52,428,800 bytes" in (reading.problem or "")
    assert f"{MAX_FEED_BYTES:,} bytes" in (feed(gzip.compress(b" " * 10_000_000)).problem or "")


@pytest.mark.parametrize(
    "piece",
    ["<url ", "<url>", "<url><loc>", "<!--", "<![CDATA[", "&", "<a:", "<?xml ", "<!ENTITY ", "<item><link>", "x\n"],
)
def test_pieces_repeated_to_take_long_take_seconds_at_most(piece: str) -> None:
    body = piece * (200_000 // len(piece))
    started = time.perf_counter()
    read_sitemap(body.encode())
    read_sitemap(f"<urlset>{body}".encode())
    feed(f"<rss><channel>{body}".encode())
    assert time.perf_counter() - started < 30


# -- feeds -------------------------------------------------------------------------------------------------------------


def test_an_rss_feed_announces_its_items_with_their_times_in_utc() -> None:
    assert feed(FEED) == DoorReading([Announcement(story, MOMENT) for story in STORIES])
    assert feed(gzip.compress(FEED)) == feed(FEED)


def test_an_atom_feed_tells_when_an_entry_was_updated_and_its_addresses_are_made_whole() -> None:
    reading = feed(ATOM, "application/atom+xml")
    assert reading == DoorReading([Announcement(STORIES[0], "2025-12-12T15:45:00+00:00")])


def test_an_item_without_a_link_is_found_by_its_permanent_guid() -> None:
    reading = feed(rss(f"<item><guid isPermaLink='true'>{STORIES[0]}</guid></item><item><title>x</title></item>"))
    assert reading == DoorReading([Announcement(STORIES[0])])


@pytest.mark.parametrize("content_type", [None, "text/html", "text/plain; charset=us-ascii", "application/rss+xml"])
def test_what_the_header_calls_a_feed_does_not_matter(content_type: str | None) -> None:
    assert feed(FEED, content_type) == DoorReading([Announcement(story, MOMENT) for story in STORIES])


def test_a_feed_cut_off_anywhere_gives_whole_addresses_only_and_says_so() -> None:
    for length in range(1, len(FEED), 3):
        reading = feed(FEED[:length])
        assert set(addresses(reading)) <= set(STORIES)
        assert len(reading.announcements) >= FEED[:length].count(b"</item>")
        assert reading.problem


@pytest.mark.parametrize(
    "fault",
    ["Fish & chips", "<b>", "&nbsp;", "\x0b", "<unknown:tag>", "<![CDATA[x", "\udce9"],
)
def test_an_ill_formed_feed_gives_its_items_and_the_problem(fault: str) -> None:
    body = FEED.decode().replace("A story", f"A story {fault}", 1).encode("utf-8", "surrogateescape")
    reading = feed(body)
    assert set(addresses(reading)) >= ({*STORIES} if "CDATA" not in fault else set())
    # Bytes that are Latin-1 after all cost nothing.
    assert (reading.problem is None) == (fault == "\udce9")


@pytest.mark.parametrize("body", [b"", b"<html><body>Not here</body></html>", b"[]", b"\xff\xfe", b"\x1f\x8b"])
def test_what_is_no_feed_says_so(body: bytes) -> None:
    reading = feed(body)
    assert reading.announcements == []
    assert reading.problem


def test_a_body_that_is_the_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(FEED)
    assert feed(str(path).encode()).announcements == []


# -- anything ----------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("<?xml version='1.0' encoding='utf-8'?>", "<urlset>", "</urlset>", "<sitemapindex>", "<sitemap>", "<url>"),
        *("</url>", "<loc>", "</loc>", "<lastmod>", "2025-12-12", "0001-01-01T00:00:00+14:00", "<rss version='2.0'>"),
        *("<channel>", "<item>", "</item>", "<link>", "</link>", "<link href='//['/>", "<guid>", "<pubDate>"),
        *("Fri, 99 Dec 99999 10:0", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<updated>", "</updated>"),
        *("<content type='xhtml'>", "<div>", "xml:base='http://['", "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "&a;"),
        *("&#xD800;", "&#x110000;", "&", "<![CDATA[", "]]>", "<!--", "-->", "<georss:point>1 x</georss:point>"),
        *("<media:content url='http://['/>", "<itunes:duration>x", "\0", "\ufeff", "http://[bad", "https://x.example/1"),
    ]
)  # fmt: skip


def check(body: bytes, content_type: str | None = None) -> None:
    for reading in (read_sitemap(body), feed(body, content_type), read_sitemap(gzip.compress(body))):
        assert isinstance(reading, DoorReading)
        for each in reading.announcements:
            assert each.url == each.url.strip() != ""
            assert each.lastmod is None or each.lastmod.endswith("+00:00")


@given(st.binary(max_size=400), st.none() | st.text(max_size=30))
def test_any_bytes_are_read_without_an_error(body: bytes, content_type: str | None) -> None:
    check(body, content_type)
    check(b"<urlset><url><loc>" + body)
    check(b"<rss version='2.0'><channel><item><link>" + body)
    read_sitemap(b"\x1f\x8b" + body)


@given(st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_any_order_of_the_pieces_of_a_door_is_read_without_an_error(pieces: list[str]) -> None:
    check("".join(pieces).encode("utf-8", "surrogatepass"))


@given(st.sampled_from([SITEMAP, FEED, ATOM]), st.data())
def test_a_door_with_something_cut_out_or_put_in_is_read_without_an_error(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    check(body[:start] + data.draw(st.binary(max_size=20)) + body[end:])


# -- times -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2025-12-12T19:00:00+05:30", MOMENT),
        ("2025-12-12T13:30:00Z", MOMENT),
        (" 2025-12-12T13:30Z ", MOMENT),
        ("2025-12-12", "2025-12-12T00:00:00+00:00"),
        ("12-12-2025", None),
        ("0001-01-01T00:00:00+05:30", None),
        ("", None),
        (None, None),
        (["2025-12-12"], None),
    ],
)
def test_times_are_told_in_utc_or_not_at_all(text: object, read: str | None) -> None:
    assert utc_or_none(text) == read
