import pytest

from transforms.languages import declared_language, languages_of

ENGLISH = "The minister said that the rain had fallen on the city for two days and that the schools would stay closed. "
FRENCH = "Le ministre a d\u00e9clar\u00e9 que la pluie \u00e9tait tomb\u00e9e sur la ville pendant deux jours et que les \u00e9coles resteraient ferm\u00e9es. "
HINDI = "\u092e\u0902\u0924\u094d\u0930\u0940 \u0928\u0947 \u0915\u0939\u093e \u0915\u093f \u0936\u0939\u0930 \u092e\u0947\u0902 \u0926\u094b \u0926\u093f\u0928 \u0924\u0915 \u092c\u093e\u0930\u093f\u0936 \u0939\u0941\u0908 \u0914\u0930 \u0938\u094d\u0915\u0942\u0932 \u092c\u0902\u0926 \u0930\u0939\u0947\u0902\u0917\u0947\u0964 "


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
