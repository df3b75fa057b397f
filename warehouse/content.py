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
    Column("kind_raw", "VARCHAR", "the site's own word for the kind"),
    Column("title", "VARCHAR", "headline"),
    Column("summary", "VARCHAR", "standfirst under the headline, as the page shows it"),
    Column("body", "VARCHAR", "paragraphs joined by a blank line; no attribution line, no embeds"),
    Column("language", "VARCHAR", "primary subtag of BCP 47 of the language the text is in; see language_source"),
    Column("language_declared", "VARCHAR", "language the page itself declares; null where it declares none"),
    Column(
        "language_source",
        "VARCHAR",
        "declared, or detected from the text where the page declares none or the text certainly is in another",
    ),
    Column("source", "VARCHAR", "who the site names as the source, as written"),
    Column(
        "source_agency", "VARCHAR", "the news agency behind the source, by its usual name; null where none is named"
    ),
    Column(
        "agencies",
        "VARCHAR[]",
        "every news agency that the byline, the dateline, the sign-off or a notice names, in this order",
    ),
    Column(
        "agency_evidence",
        "VARCHAR[]",
        "who names an agency and in which words: byline, prefix, trailer or notice, a colon and the words",
    ),
    Column("author", "VARCHAR", "byline, as written"),
    Column("authors", "VARCHAR[]", "people whom the byline names, else those whom the credits under the text name"),
    Column("place", "VARCHAR", "place the page gives beside its time"),
    Column("dateline", "VARCHAR", "place and agency at the start of the body, as written"),
    Column("dateline_place", "VARCHAR", "place in the dateline, as written"),
    Column("dateline_date", "DATE", "day in the dateline; where it has no year, in the one nearest to publication"),
    Column("countries", "VARCHAR[]", "countries as the site gives them, in its order"),
    Column("sector", "VARCHAR", "subject area from the breadcrumb"),
    Column("label", "VARCHAR", "section the site files the article under, from its address"),
    Column(
        "section",
        "VARCHAR",
        "our section for the site's sector, else for its label, one for each top-level subject of the IPTC Media"
        " Topics: politics, economy, sport …; null where they name no subject",
    ),
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
        "who wrote the text: verbatim (an agency, unedited), desk (the site, with inputs of others), own or unknown",
    ),
    Column("syndication_evidence", "VARCHAR", "what says so: notice, byline, prefix or trailer, a colon and the words"),
    Column(
        "provenance_flags",
        "VARCHAR[]",
        "what is odd about the origin: agencies_disagree, own_byline_wire_text, dateline_far_from_publication",
    ),
    Column("published_at", "TIMESTAMPTZ", "when the site says it published the article"),
    Column("updated_at", "TIMESTAMPTZ", "when the site says it last updated the article"),
    Column("published_raw", "VARCHAR", "the text published_at was read from"),
    Column("updated_raw", "VARCHAR", "the text updated_at was read from"),
    Column("published_precision", "VARCHAR", "second, minute or day: how exactly the site states published_at"),
    Column(
        "published_source", "VARCHAR", "which part of the page published_at was read from: text, meta, json_ld or feed"
    ),
    Column("published_offset", "VARCHAR", "offset from UTC in which the site states published_at, such as +05:30"),
    Column("time_flags", "VARCHAR[]", "what is odd about the article's times, for example that its witnesses disagree"),
    Column("site_date", "DATE", "day of publication in the site's own time zone"),
    required("content_hash", "VARCHAR", "hash of title, summary and body: equal hashes are equal texts"),
    Column("word_count", "INTEGER", "words in the body"),
)
