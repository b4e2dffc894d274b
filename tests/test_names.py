from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facestore.names import match_names


def test_a_name_meets_the_path_with_the_longest_common_tail():
    match = match_names(["val/1.jpg"], ["train/1.jpg", "a/val/1.jpg"])
    assert match.path_of == {"val/1.jpg": "a/val/1.jpg"}


def test_a_shorter_path_is_met_by_its_whole():
    assert match_names(["fairface/val/1.jpg"], ["1.jpg", "2.jpg"]).path_of == {
        "fairface/val/1.jpg": "1.jpg"
    }


def test_a_name_that_fits_two_paths_meets_neither():
    match = match_names(["1.jpg"], ["train/1.jpg", "val/1.jpg"])
    assert match.path_of == {}
    assert match.unmatched == ("1.jpg",)


def test_two_names_for_one_path_leave_it_to_the_longer_tail():
    match = match_names(["other/1.jpg", "val/1.jpg"], ["val/1.jpg"])
    assert match.path_of == {"val/1.jpg": "val/1.jpg"}
    assert match.unmatched == ("other/1.jpg",)


def test_two_names_that_fit_one_path_alike_meet_nothing():
    match = match_names(["a/1.jpg", "b/1.jpg"], ["1.jpg"])
    assert match.path_of == {}


def test_a_path_of_the_same_name_comes_before_longer_ones():
    assert match_names(["1.jpg"], ["1.jpg", "x/1.jpg"]).path_of == {"1.jpg": "1.jpg"}


def test_parts_of_a_name_are_compared_whole():
    assert match_names(["11.jpg"], ["1.jpg"]).path_of == {}


def test_backslashes_separate_parts_too():
    assert match_names([r"val\1.jpg"], ["val/1.jpg", "train/1.jpg"]).path_of == {
        r"val\1.jpg": "val/1.jpg"
    }


_paths = st.lists(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join), unique=True, max_size=8
)


def _common_tail(one: str, two: str) -> int:
    n = 0
    for a, b in zip(reversed(one.split("/")), reversed(two.split("/")), strict=False):
        if a != b:
            break
        n += 1
    return n


@given(names=_paths, paths=_paths)
def test_a_match_has_the_longest_tail_and_no_path_is_met_twice(names, paths):
    match = match_names(names, paths)
    assert len(set(match.path_of.values())) == len(match.path_of)
    assert sorted([*match.path_of, *match.unmatched]) == sorted(names)
    for name, path in match.path_of.items():
        if name != path:
            tails = [_common_tail(name, each) for each in paths]
            assert tails.count(max(tails)) == 1
            assert _common_tail(name, path) == max(tails) >= 1


def test_names_that_mean_one_path_are_rivals():
    match = match_names(["p/1.jpg", "1.jpg", "q/1.jpg", "2.jpg"], ["p/1.jpg", "a/2.jpg"])
    assert match.path_of == {"p/1.jpg": "p/1.jpg", "2.jpg": "a/2.jpg"}
    # q/1.jpg is another file: that of a folder which is not here.
    assert match.rivals == {"p/1.jpg": ("p/1.jpg", "1.jpg")}
    assert match_names(["a/1.jpg", "b/1.jpg"], ["1.jpg"]).rivals == {
        "1.jpg": ("a/1.jpg", "b/1.jpg")
    }
    assert match_names(["p/1.jpg", r"p\1.jpg"], ["x/p/1.jpg"]).rivals == {
        "x/p/1.jpg": ("p/1.jpg", r"p\1.jpg")
    }
