"""The columns that say what an article page says; `articles` and `revisions` share them."""

from __future__ import annotations

from warehouse.schema import Column, required

CONTENT: tuple[Column, ...] = (
    required(
        "article_uid",
        "VARCHAR",
        "identity of the article: {site}:{site_article_id}, or on sites without ids {site}:{16 hex digits of a hash"
        " of its canonical URL}",
    ),
    required("site", "VARCHAR", "name of the site the page was read on"),
    Column("site_article_id", "VARCHAR", "the site's own id of the article; null where the site has none"),
    required("url", "VARCHAR", "address the page was read from"),
    Column("canonical_url", "VARCHAR", "address the page itself gives as canonical"),
    Column("kind", "VARCHAR", "news, blog, opinion, interview, liveblog, event, video or press_release"),
    Column("title", "VARCHAR", "headline"),
    Column("summary", "VARCHAR", "standfirst under the headline, as the page shows it"),
    Column("body", "VARCHAR", "paragraphs joined by a blank line; no attribution line, no embeds"),
    Column("language", "VARCHAR", "BCP 47 language tag, as far as the page tells"),
    Column("source", "VARCHAR", "who the site names as the source, as written"),
    Column(
        "source_agency", "VARCHAR", "the news agency behind the source, by its usual name; null where none is named"
    ),
    Column("author", "VARCHAR", "byline, as written"),
    Column("place", "VARCHAR", "place the page gives beside its time"),
    Column("dateline", "VARCHAR", "place and agency at the start of the body, as written"),
    Column("countries", "VARCHAR[]", "countries as the site gives them, in its order"),
    Column("sector", "VARCHAR", "subject area from the breadcrumb"),
    Column("label", "VARCHAR", "section the site files the article under, from its address"),
    Column("site_tags", "VARCHAR[]", "tags shown on the page, in its order"),
    Column("keywords", "VARCHAR[]", "keywords of the page's metadata, in its order"),
    Column("image_url", "VARCHAR", "address of the lead image"),
    Column("image_caption", "VARCHAR", "caption of the lead image"),
    Column("image_is_ai_generated", "BOOLEAN", "whether the page says that its image was made by AI"),
    Column("video_url", "VARCHAR", "address of the video"),
    Column("first_published_in", "VARCHAR", "where the page says it was first published"),
    Column("attribution", "VARCHAR", "line that says who made or edited the text, as written"),
    Column(
        "syndication",
        "VARCHAR",
        "what the attribution says of the text: verbatim, desk (edited by the site's desk), own or unknown",
    ),
    Column("published_at", "TIMESTAMPTZ", "when the site says it published the article"),
    Column("updated_at", "TIMESTAMPTZ", "when the site says it last updated the article"),
    Column("published_raw", "VARCHAR", "the text published_at was read from"),
    Column("updated_raw", "VARCHAR", "the text updated_at was read from"),
    Column("published_precision", "VARCHAR", "second, minute or day: how exactly the site states published_at"),
    Column(
        "published_source", "VARCHAR", "which part of the page published_at was read from: text, meta, json_ld or feed"
    ),
    Column("time_flags", "VARCHAR[]", "what is odd about the article's times, for example that its witnesses disagree"),
    Column("site_date", "DATE", "day of publication in the site's own time zone"),
    required("content_hash", "VARCHAR", "hash of title, summary and body: equal hashes are equal texts"),
    Column("word_count", "INTEGER", "words in the body"),
)
