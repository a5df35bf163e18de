"""Whether people should be sent here: a clock that the test moves, and a store that can fail."""

from webapp.operation.health import ASK_EVERY_S, TICK_S_MAX, Health


class Site:
    def __init__(self) -> None:
        self.now_s = 100.0
        self.answers = True
        self.asked = 0
        self.health = Health(self._ask, lambda: self.now_s)

    def _ask(self) -> bool:
        self.asked += 1
        return self.answers

    def after(self, seconds: float, *, ticking: bool = True) -> list[str]:
        self.now_s += seconds
        if ticking:
            self.health.ticked()
        return list(self.health.faults())


def test_a_site_that_ticks_and_whose_store_answers_has_no_faults() -> None:
    site = Site()
    assert site.after(0) == []
    assert site.after(3_600) == []


def test_rooms_that_stand_still_are_a_fault_until_they_go_on() -> None:
    site = Site()
    assert site.after(TICK_S_MAX, ticking=False) == []
    assert site.after(0.1, ticking=False) == ["not_ticking"]
    assert site.after(0.1) == []


def test_a_store_that_fails_is_a_fault_until_it_answers() -> None:
    site = Site()
    assert site.after(0) == []
    site.answers = False
    assert site.after(ASK_EVERY_S) == ["store_failed"]
    site.answers = True
    assert site.after(ASK_EVERY_S) == []


def test_the_store_is_asked_once_a_second_however_often_somebody_wants_to_know() -> None:
    site = Site()
    for _ in range(1_000):
        site.after(ASK_EVERY_S / 500)
    assert site.asked in (2, 3)


def test_who_stops_says_so_besides_all_else() -> None:
    site = Site()
    site.answers = False
    site.health.stopping = True
    assert site.after(60, ticking=False) == ["stopping", "not_ticking", "store_failed"]
