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


WORDS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(" ".join), max_size=5)


@given(WORDS, WORDS)
def test_every_paragraph_stays_goes_comes_or_is_edited(old, new):
    found = paragraph_changes("\n\n".join(old), "\n\n".join(new))
    assert len(old) - len(found.removed) - len(found.before) == len(new) - len(found.added) - len(found.after)
    assert len(found.before) == len(found.after)
    back = paragraph_changes("\n\n".join(new), "\n\n".join(old))
    assert (sorted(back.added), sorted(back.removed)) == (sorted(found.removed), sorted(found.added)) or found.before
