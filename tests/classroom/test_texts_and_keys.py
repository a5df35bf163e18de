"""What people type is what it looks like, and a key is good only for what it was made for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from engine.outcomes import Refused
from tests.classroom.test_state import School
from webapp.classroom import codes
from webapp.classroom import commands as c
from webapp.classroom.commands import COMMENT_MAX, NAME_MAX
from webapp.classroom.keys import KEY_MAX, Keys, Seat
from webapp.classroom.texts import MARKS_MAX, likeness, line, name


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    school = School(tmp_path)
    yield school
    school.close()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anna", "Anna"),
        ("  Anna \t Lena\n", "Anna Lena"),
        ("Zoë", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("Ａｎｎａ", "Anna"),
        ("𝓐𝓷𝓷𝓪", "Anna"),
        ("李小龙", "李小龙"),
        ("नरेंद्र", "नरेंद्र"),
        ("שרה", "שרה"),
        ("มานี", "มานี"),
        ("O'Neill-Smith Jr.", "O'Neill-Smith Jr."),
        ("R2 D2", "R2 D2"),
    ],
)
def test_names_of_any_script_are_taken(typed: str, shown: str) -> None:
    assert name(typed) == shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty_text"),
        (" \u00a0\u2003 ", "empty_text"),
        ("...", "empty_text"),
        ("- - -", "empty_text"),
        ("a" * (NAME_MAX + 1), "long_text"),
        ("\ufdfa\ufdfa", "long_text"),
        ("An\u200bna", "hidden_text"),
        ("An\u00adna", "hidden_text"),
        ("\u202eannA", "hidden_text"),
        ("Anna\u2066x\u2069", "hidden_text"),
        ("An\x00na", "hidden_text"),
        ("An\x1b[2Jna", "hidden_text"),
        ("An\ue000na", "hidden_text"),
        ("\U000e0041nna", "hidden_text"),
        ("\u3164", "hidden_text"),
        ("\uffa0\u115f", "hidden_text"),
        ("A\u034fnna", "hidden_text"),
        ("\u0301Anna", "hidden_text"),
        ("A" + "\u0316" * (MARKS_MAX + 1), "hidden_text"),
        ("A" + "\u20dd" * (MARKS_MAX + 1), "hidden_text"),
        ("Anna ✓", "name_signs"),
        ("\u2800", "hidden_text"),
        ("🙂", "name_signs"),
        ("<b>Anna</b>", "name_signs"),
        ("Anna; DROP", "name_signs"),
        ("{name}", "name_signs"),
        ("Anna\u2215x", "name_signs"),
    ],
)
def test_names_that_hide_something_are_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        name(typed)
    assert (refused.value.code, refused.value.field) == (code, "name")


@pytest.mark.parametrize("typed", ["ANNA", "anna", "Аnnа", "ΑΝΝΑ", "АNNА", "Ａnna", "ａｎｎａ", " Anna "])
def test_a_name_that_looks_like_anothers_is_taken(school: School, typed: str) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    with pytest.raises(Refused, match="name_taken"):
        school.classes.join(code, typed)
    school.classes.join(code, "Ben")
    with pytest.raises(Refused, match="name_taken"):
        school.classes.do(owner, c.Rename("m2", typed))
    # One's own name can be written otherwise.
    school.classes.do(seat, c.Name(typed))
    assert likeness(school.classes.state(class_id).members["m1"].name) == likeness("Anna")


def test_names_that_can_be_told_apart_are_not_taken(school: School) -> None:
    _, _, code = school.open()
    for one in ("Jose", "José", "Anna", "Anne", "Eli", "Ell", "Иван", "Ivan", "Νίκος", "Nikos", "10", "IO"):
        school.classes.join(code, one)


@given(st.text(max_size=60))
def test_whatever_is_typed_comes_out_as_a_fixed_point_or_is_refused(typed: str) -> None:
    for clean in (name, lambda text: line(text, "text", COMMENT_MAX)):
        try:
            shown = clean(typed)
        except Refused:
            continue
        assert shown == clean(shown)
        assert shown.strip() == shown != ""
        assert shown.isprintable()


def test_questions_may_have_signs_and_are_on_one_line(school: School) -> None:
    class_id, owner, _ = school.open()
    school.classes.do(owner, c.Ask("Is w + r > n?\nWhy? <script>alert(1)</script>", ("yes ✓", "no ❤️", "{x}")))
    poll = school.classes.state(class_id).poll
    assert poll is not None
    assert poll.question == "Is w + r > n? Why? <script>alert(1)</script>"
    assert poll.choices == ("yes ✓", "no ❤️", "{x}")
    with pytest.raises(Refused, match="same_choices"):
        school.classes.do(owner, c.Ask("Which?", ("a b", "A  B")))


def test_codes_are_said_aloud_and_typed_as_anybody_types() -> None:
    drawn = {codes.new_code() for _ in range(500)}
    assert len(drawn) == 500
    assert all(len(code) == codes.LENGTH and set(code) <= set(codes.LETTERS) for code in drawn)
    assert not set(codes.LETTERS) & set("0O1IL5S2Z8BAEU")
    for typed in ("CDF-GHJ", " cdf ghj\n", "cdfghj", "C.D.F.G.H.J"):
        assert codes.as_typed(typed) == "CDFGHJ"
    assert codes.as_typed("C'; DROP TABLE classes") == "CDROPTABLECLASSES"


def test_a_code_that_is_none_opens_nothing(school: School) -> None:
    _, _, code = school.open()
    assert school.classes.by_code(code.lower())
    for typed in ("", code[:-1], code + "C", "%", "' OR 1=1 --", "\u0000", "Ｃ" * 6, "x" * 10_000):
        with pytest.raises(Refused, match="unknown_code"):
            school.classes.join(typed, "Anna")


def seats(school: School) -> list[Seat]:
    """One of each kind, all good."""
    class_id, owner, code = school.open()
    student = school.classes.seat(school.classes.join(code, "Anna")[1])
    return [owner, Seat(class_id, "assistant"), Seat(class_id, "viewer"), student]


def test_keys_are_for_whom_they_were_made(school: School) -> None:
    for seat in seats(school):
        key = school.classes.keys.of(seat)
        assert len(key) <= KEY_MAX
        assert school.classes.seat(key) == seat
        # They outlast the process.
        assert school.begin_anew().seat(key) == seat


def test_a_key_of_which_anything_is_changed_is_none(school: School) -> None:
    others = [school.classes.keys.of(seat) for seat in seats(school)]
    for seat in seats(school):
        key = school.classes.keys.of(seat)
        forged = [key[:length] for length in range(len(key))]
        forged += [key + "A", key * 2, key.swapcase(), key[::-1], f" {key}", key.replace(".", "", 1)]
        # The last letter of a signature has bits that say nothing.
        for place in range(len(key) - 1):
            other = "A" if key[place] != "A" else "B"
            forged.append(key[:place] + other + key[place + 1 :])
        for other_key in others:
            payload, _, signature = other_key.partition(".")
            forged += [f"{payload}.{key.partition('.')[2]}", f"{key.partition('.')[0]}.{signature}"]
        for one in forged:
            with pytest.raises(Refused, match="bad_key"):
                school.classes.seat(one)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=100).map(lambda some: some.decode("latin-1"))))
def test_garbage_is_no_key(text: str) -> None:
    with pytest.raises(Refused, match="bad_key"):
        Keys(b"s" * 32).read(text)


def test_keys_of_other_secrets_and_other_purposes_are_none(school: School) -> None:
    for seat in seats(school):
        with pytest.raises(Refused, match="bad_key"):
            school.classes.seat(Keys(b"another site's secret").of(seat))
    secret = school.classes.store.secret("class keys")
    assert secret != school.classes.store.secret("something else")
    assert len(secret) == 32
    for salt, payload in (("other", [seat.class_id, "o", 0]), ("class", "o"), ("class", [seat.class_id, "x", 0])):
        with pytest.raises(Refused, match="bad_key"):
            school.classes.seat(str(URLSafeSerializer(secret, salt=salt).dumps(payload)))


def test_a_link_that_was_revoked_opens_nothing_and_others_still_do(school: School) -> None:
    owner, assistant, viewer, student = seats(school)
    keys = {seat.role: school.classes.keys.of(seat) for seat in (owner, assistant, viewer, student)}
    fresh = school.classes.do(owner, c.Revoke("viewer"))
    assert fresh is not None
    assert school.classes.seat(fresh).role == "viewer"
    for begin_anew in (False, True):
        classes = school.begin_anew() if begin_anew else school.classes
        with pytest.raises(Refused, match="revoked"):
            classes.seat(keys["viewer"])
        for role in ("owner", "assistant", "student"):
            assert classes.seat(keys[role]).role == role
    fresh = school.classes.do(owner, c.Revoke("owner"))
    assert fresh is not None
    with pytest.raises(Refused, match="revoked"):
        school.classes.seat(keys["owner"])
    assert school.classes.seat(fresh).role == "owner"


def test_keys_to_a_class_that_was_deleted_open_nothing(school: School) -> None:
    every = seats(school)
    school.classes.delete(every[0].class_id)
    for classes in (school.classes, school.begin_anew()):
        for seat in every:
            with pytest.raises(Refused, match="unknown_class"):
                classes.seat(classes.keys.of(seat))
