"""One member cannot fill the log of a class for all the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.outcomes import Refused
from tests.classroom.test_state import School, everything
from webapp.classroom import commands as c
from webapp.classroom.classes import DEEDS_MAX
from webapp.classroom.events import Hand


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    school = School(tmp_path)
    yield school
    school.close()


def test_whoever_has_done_too_much_does_nothing_more_and_nobody_else_minds(school: School) -> None:
    class_id, owner, code = school.open()
    busy, calm = (school.classes.seat(school.classes.join(code, name)[1]) for name in ("Anna", "Ben"))
    # Joining was one; all at once, so that the test does not write to the disk two thousand times.
    assert busy.member is not None
    school.classes.happen(
        class_id, busy.member, [Hand(busy.member, number % 2 == 0) for number in range(DEEDS_MAX - 2)]
    )
    school.classes.do(busy, c.RaiseHand(True))
    before = everything(school.classes.state(class_id))
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            school.classes.do(busy, c.RaiseHand(False))
        assert (refused.value.code, refused.value.facts) == ("member_full", {"max": DEEDS_MAX})
        assert everything(school.classes.state(class_id)) == before
        # And after a rest as well.
        school.begin_anew()
    school.classes.do(calm, c.RaiseHand(True))
    school.classes.do(owner, c.LowerHand(busy.member))
    school.classes.do(owner, c.Remove(busy.member))
    state = school.classes.state(class_id)
    assert state.members[busy.member].removed
    assert state.members[calm.member or ""].hand is not None
