from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.paragraphs import ParagraphChanges, paragraph_changes


def test_a_paragraph_is_edited_when_half_of_its_words_stay():
    found = paragraph_changes("Rain fell on Rome today.\n\nX.", "Snow.\n\nRain fell on Paris today.")
    assert found == ParagraphChanges(("Snow.",), ("X.",), ("Rain fell on Rome today.",), ("Rain fell on Paris today.",))


def test_paragraphs_that_move_or_change_their_quotes_are_no_change():
    assert paragraph_changes("A b.\n\n\u201cC\u201d", '"C"\n\nA  b') == ParagraphChanges()
    assert paragraph_changes(None, None) == ParagraphChanges()


def test_a_paragraph_that_stands_twice_is_counted_twice():
    assert paragraph_changes("A\n\nA", "A").removed == ("A",)
    assert paragraph_changes("A", "A\n\nA").added == ("A",)


def test_the_most_alike_paragraphs_are_paired():
    found = paragraph_changes("one two three four", "one two five six\n\none two three five")
    assert (found.before, found.after) == (("one two three four",), ("one two three five",))
    assert found.added == ("one two five six",)


ONE, TWO, THREE = "Rain fell on the city of Rome.", "Schools are closed for two days.", "Trains run as they did before."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([ONE, TWO], [f"{ONE} {TWO}"], ParagraphChanges()),
        ([f"{ONE} {TWO}", THREE], [ONE, f"{TWO} {THREE}"], ParagraphChanges()),
        ([ONE, TWO], [f"{ONE} {TWO}", THREE], ParagraphChanges(added=(THREE,))),
        ([f"{ONE} {TWO}", THREE], [TWO, ONE], ParagraphChanges(removed=(THREE,))),
        (["A", "B"], ["B A"], ParagraphChanges()),
        ([ONE, "Yes.", TWO], [f"{ONE} Yes.", TWO], ParagraphChanges()),
        (
            [ONE, TWO],
            [f"{ONE} {THREE} {TWO}"],
            ParagraphChanges(before=(f"{ONE}\n\n{TWO}",), after=(f"{ONE} {THREE} {TWO}",)),
        ),
        (
            [f"{ONE} {TWO}", THREE],
            [ONE, TWO.replace("two", "three"), THREE],
            ParagraphChanges(before=(f"{ONE} {TWO}",), after=(f"{ONE}\n\nSchools are closed for three days.",)),
        ),
        (["Background", TWO], [f"{ONE} The background is unknown.", TWO], None),
    ],
)
def test_paragraphs_that_were_joined_or_divided_stay(old, new, expected):
    found = paragraph_changes("\n\n".join(old), "\n\n".join(new))
    assert found == (expected or ParagraphChanges(added=(new[0],), removed=(old[0],)))


WORDS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(" ".join), max_size=5)


@given(WORDS, WORDS)
def test_every_paragraph_stays_goes_comes_or_is_edited(old, new):
    found = paragraph_changes("\n\n".join(old), "\n\n".join(new))
    named = [each for texts in (found.removed, found.before) for text in texts for each in text.split("\n\n")]
    assert not Counter(named) - Counter(old)
    named = [each for texts in (found.added, found.after) for text in texts for each in text.split("\n\n")]
    assert not Counter(named) - Counter(new)
    assert len(found.before) == len(found.after)
    back = paragraph_changes("\n\n".join(new), "\n\n".join(old))
    assert (sorted(back.added), sorted(back.removed)) == (sorted(found.removed), sorted(found.added)) or found.before


@given(WORDS, WORDS)
def test_what_is_not_named_has_the_same_words(old, new):
    found = paragraph_changes("\n\n".join(old), "\n\n".join(new))
    was, became = (Counter(" ".join(texts).split()) for texts in (old, new))
    came = Counter(" ".join(found.added + found.after).split())
    went = Counter(" ".join(found.removed + found.before).split())
    assert was + came == became + went


BREAKS = st.lists(st.sampled_from([" ", "\n\n"]), min_size=6, max_size=6)


@given(BREAKS, BREAKS)
def test_breaks_between_paragraphs_are_no_change(old, new):
    sentences = [f"{name} has said {number} times what he said." for number, name in enumerate("ABCDEF")]
    before, after = ("".join(map("".join, zip(sentences, each, strict=True))).strip() for each in (old, new))
    assert paragraph_changes(before, after) == ParagraphChanges()
    assert paragraph_changes(before, f"{after}\n\nNew.") == ParagraphChanges(added=("New.",))
