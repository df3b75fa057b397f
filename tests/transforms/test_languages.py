import pytest

from transforms.languages import declared_language, languages_of

ENGLISH = "The minister said that the rain had fallen on the city for two days and that the schools would stay closed. "
FRENCH = (
    "Le ministre a déclaré que la pluie était tombée sur la ville pendant d"
    "eux jours et que les écoles resteraient fermées. "
)
HINDI = "मंत्री ने कहा कि शहर में दो दिन तक बारिश हुई और स्कूल बंद रहेंगे। "


@pytest.mark.parametrize(
    ("found", "language"),
    [("en", "en"), ("EN-us", "en"), ("zh_Hans", "zh"), ("kok", "kok"), ("und", None), ("english", None), ("x-y", None),
     ("", None), (None, None)],
)  # fmt: skip
def test_a_declared_language_is_the_primary_subtag(found, language):
    assert declared_language(found) == language


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("en", ENGLISH * 3, ("en", "declared")),
        ("en", FRENCH * 3, ("fr", "detected")),
        ("en", HINDI * 4, ("hi", "detected")),
        ("fr", FRENCH * 3, ("fr", "declared")),
        ("en", FRENCH[:80], ("en", "declared")),
        ("mr", HINDI * 4, ("mr", "declared")),
        ("kok", ENGLISH * 3, ("kok", "declared")),
        (None, FRENCH, ("fr", "detected")),
        (None, ENGLISH, ("en", "detected")),
        (None, "OK", (None, None)),
        (None, "12345 67890 12345 67890 12345 67890 12345 67890", (None, None)),
        ("en", None, ("en", "declared")),
    ],
)
def test_the_page_is_believed_unless_its_words_are_certainly_of_another_language(declared, text, expected):
    assert languages_of([declared], [text]) == [expected]
