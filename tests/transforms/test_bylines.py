import time

import pytest

from transforms.bylines import people_of, reporters_of


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("Lois Lane", ["Lois Lane"]),
        ("By LOIS LANE and Clark Kent, PTI", ["LOIS LANE", "Clark Kent"]),
        ("Lois Lane, Clark Kent & Ann Lee", ["Lois Lane", "Clark Kent", "Ann Lee"]),
        ("Lois Lane, Chief Reporter", ["Lois Lane"]),
        ("Lois Lane, Jr. | Reuters", ["Lois Lane, Jr"]),
        ("Dr. Ann Lee (ann@planet.example)", ["Dr. Ann Lee"]),
        ("Ann Lee ann@planet.example,@annlee https://planet.example/ann", ["Ann Lee"]),
        ("Ann Lee @annlee", ["Ann Lee"]),
        ("Jane van der Berg, Associated Press", ["Jane van der Berg"]),
        (
            "\u0905\u092e\u093f\u0924 \u0936\u0930\u094d\u092e\u093e",
            ["\u0905\u092e\u093f\u0924 \u0936\u0930\u094d\u092e\u093e"],
        ),
        ("Prince", ["Prince"]),
        ("Lois Lane and Lois Lane", ["Lois Lane"]),
        ("Planet", []),
        ("Planet News Desk", []),
        ("PTI", []),
        ("Our Special Correspondent", []),
        (None, []),
    ],
)
def test_a_byline_is_split_into_the_people_it_names(byline, people):
    assert people_of(byline, site="planet") == people


def test_a_long_byline_without_blanks_is_read_at_once():
    began = time.process_time()
    assert people_of("x" * 100_000) == []
    assert time.process_time() - began < 1


def test_credits_name_who_reported_and_not_who_edited():
    line = "(Reporting by Ann Lee in Rome and Bob Ray in New York; Writing by Cy Dow; Editing by Ed Fox)"
    assert reporters_of((line,)) == ["Ann Lee", "Bob Ray", "Cy Dow"]
    assert reporters_of(()) == []
