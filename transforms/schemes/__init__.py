"""Schemes of tags, one module each; found by place and name, registered nowhere.

A scheme is a module `transforms/schemes/{scheme}.py` with

* `SCHEME: str`, the name of the module, which becomes the column `scheme`;
* `version() -> str`, which changes whenever the vocabulary, model or rules do (see `transforms.vocabulary.version_of`)
  and becomes `vocabulary_version`: `retag` tags anew where a row's version is not this one;
* `tag(texts: pd.DataFrame) -> pd.DataFrame`, from `transforms.shapes.TEXTS` to `transforms.shapes.TAGS`. Schemes that
  share the search for names have `tag_mentions(mentions: pd.DataFrame)` instead; see `transforms.mentions`.

A scheme that learns from the warehouse's own articles takes its model as one more argument of both.

A row depends on its own article alone, never on the rest of the batch, so that an article gets the same tags alone or
in a batch, today or in a backfill. Any null text is `None` or NaN, lists are never null. `evidence` lists words and
where they stand as `{column}@{offset in characters}: {words}`, the strongest first, at most eight; `score` lies in
(0, 1]; `method` is one word of the scheme's own that its docs explain. An article of which a scheme is not sure has no
row.
"""
