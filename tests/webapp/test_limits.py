"""How much one connection and one address may ask for, as it is counted; a moved clock, and a real Redis."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from engine.outcomes import Refused
from tests.services import Redis
from webapp.counters import Counters
from webapp.limits import JOBS_AT_ONCE, Limits, network
from webapp.settings import TABLE, Settings

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
CLASS = range(500)


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def refused(ask: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        ask()
    return caught.value


def test_whoever_is_too_fast_is_told_when_to_try_again_and_then_may(clock: Clock) -> None:
    limits = Limits(Settings(commands="3/10 seconds"), clock=clock)
    for _ in range(3):
        limits.asked("a", HERE, 100)
    clock.now_s += 3.5
    too_fast = refused(lambda: limits.asked("a", HERE, 100))
    assert (too_fast.code, too_fast.facts["max"], too_fast.facts["within_s"]) == ("too_fast", 3, 10)
    assert too_fast.facts["retry_s"] == 7
    clock.now_s += 6.4
    assert refused(lambda: limits.asked("a", HERE, 100)).facts["retry_s"] == 1
    clock.now_s += 0.2
    limits.asked("a", HERE, 100)


def test_others_are_not_held_to_what_one_asks_for(clock: Clock) -> None:
    limits = Limits(Settings(commands="3/second", commands_of_address="5/second"), clock=clock)
    for _ in range(3):
        limits.asked("a", HERE, 100)
    for _ in range(100):
        refused(lambda: limits.asked("a", HERE, 100))
    for _ in range(2):
        limits.asked("b", HERE, 100)
    assert refused(lambda: limits.asked("b", HERE, 100)).code == "too_fast_together"
    limits.asked("c", ELSEWHERE, 100)


def test_of_several_windows_each_counts(clock: Clock) -> None:
    limits = Limits(Settings(commands="2/second;3/minute"), clock=clock)
    for _ in range(2):
        limits.asked("a", HERE, 100)
    assert refused(lambda: limits.asked("a", HERE, 100)).facts["within_s"] == 1
    clock.now_s += 1
    limits.asked("a", HERE, 100)
    assert refused(lambda: limits.asked("a", HERE, 100)).facts["within_s"] == 60


def test_bytes_are_counted_too(clock: Clock) -> None:
    limits = Limits(Settings(kilobytes="10/minute"), clock=clock)
    limits.asked("a", HERE, 9_900)
    too_much = refused(lambda: limits.asked("a", HERE, 101))
    assert (too_much.code, too_much.facts["max"], too_much.facts["retry_s"]) == ("too_much", 10_000, 60)
    limits.asked("b", HERE, 10_000)


def test_who_goes_on_however_often_it_is_refused_floods_and_starts_anew_once_gone(clock: Clock) -> None:
    limits = Limits(Settings(commands="5/second"), clock=clock)
    for _ in range(5):
        limits.asked("a", HERE, 100)
    for _ in range(10):
        refused(lambda: limits.asked("a", HERE, 100))
    assert not limits.floods("a")
    refused(lambda: limits.asked("a", HERE, 100))
    assert limits.floods("a")
    assert not limits.floods("b")
    limits.forget("a")
    assert not limits.floods("a")
    limits.asked("a", HERE, 100)


def test_connections_requests_and_calculations_are_counted_while_they_last(clock: Clock) -> None:
    limits = Limits(Settings(connections=2), clock=clock)
    for begin, end, most, code in (
        (limits.connected, limits.disconnected, 2, "too_many_connections"),
        (limits.began, limits.ended, 4, "too_many_connections"),
        (limits.works, limits.worked, JOBS_AT_ONCE, "too_many_jobs"),
    ):
        for _ in range(most):
            begin(HERE)
        one_more = refused(partial(begin, HERE))
        assert (one_more.code, one_more.facts["max"]) == (code, most)
        assert int(one_more.facts["retry_s"]) >= 1
        begin(ELSEWHERE)
        end(HERE)
        begin(HERE)


def test_only_wrong_codes_are_counted(clock: Clock) -> None:
    limits = Limits(Settings(wrong_codes="2/minute"), clock=clock)
    for _ in range(50):
        limits.may_guess(HERE)
    limits.missed(HERE)
    limits.may_guess(HERE)
    limits.missed(HERE)
    assert refused(lambda: limits.may_guess(HERE)).facts["retry_s"] == 60
    limits.may_guess(ELSEWHERE)
    clock.now_s += 60
    limits.may_guess(HERE)


def test_an_address_stands_for_its_network() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff:ffff::") != network("2001:db8:1:3:3::4")
    assert network("::ffff:192.0.2.1") == network(HERE) != network(ELSEWHERE)
    # What is none, as with a socket of the file system.
    assert network("") == ""
    assert len(network("x" * 1_000)) == 64


def test_zero_is_no_limit(clock: Clock) -> None:
    read = {setting.field: setting.read("0") for setting in TABLE if setting.field in WITH_ZERO}
    assert read.keys() == WITH_ZERO
    limits = Limits(Settings(**read), clock=clock)
    for _ in range(10_000):
        limits.connected(HERE)
        limits.asked("a", HERE, 1_000_000)
        limits.made(HERE)
        limits.requested(HERE)
        limits.began(HERE)
        limits.polls(HERE)
        limits.may_guess(HERE)
        limits.missed(HERE)
    assert not limits.floods("a")


WITH_ZERO = {"connections", "rooms_made", "commands", "commands_of_address", "kilobytes", "requests", "wrong_codes"}


def test_a_class_behind_one_address_meets_no_limit(clock: Clock) -> None:
    """Five hundred join within a minute, each by five pages and as many data; go to copies of their own; act in every
    second; lose their lines and come back at once, before the old ones are known to be lost."""
    limits = Limits(Settings(), clock=clock)
    for member in CLASS:
        clock.now_s += 60 / len(CLASS)
        for _ in range(10):
            limits.requested(HERE)
        limits.may_guess(HERE)
        limits.made(HERE)
        limits.connected(HERE)
        come(limits, f"first-{member}")
    for member in CLASS:
        limits.made(HERE)
        limits.asked(f"first-{member}", HERE, 150)
        limits.requested(HERE)
    for _ in range(60):
        clock.now_s += 1
        for member in CLASS:
            limits.asked(f"first-{member}", HERE, 150)
    clock.now_s += 1
    for member in CLASS:
        limits.connected(HERE)
        come(limits, f"again-{member}")
    for member in CLASS:
        limits.disconnected(HERE)
        limits.forget(f"first-{member}")


def come(limits: Limits, connection: str) -> None:
    """Take a seat, ask for a place, and join the room."""
    for _ in range(3):
        limits.asked(connection, HERE, 300)


def test_a_key_that_is_held_down_meets_no_limit(clock: Clock) -> None:
    """Thirty-three commands a second, as a keyboard repeats, for a minute; a teacher's page says ten times a second
    where it looks, too."""
    limits = Limits(Settings(), clock=clock)
    for number in range(60 * 43):
        clock.now_s += 1 / 43
        limits.asked("teacher", HERE, 150 + number % 50)


def test_however_many_addresses_come_memory_stays_as_it_is(clock: Clock) -> None:
    counters = Counters(clock, entries_max=100)
    for number in range(10_000):
        counters.incr(f"address-{number}", 60)
        assert len(counters) <= 100
    # Those that came last are still counted.
    assert counters.incr("address-9999", 60) == 2
    clock.now_s += 60
    assert counters.get("address-9999") == 0
    assert counters.incr("address-9999", 60) == 1


def test_several_processes_count_together_and_each_alone_while_redis_is_away() -> None:
    with tempfile.TemporaryDirectory() as folder, Redis(Path(folder)) as redis:
        settings = Settings(rooms_made="4/hour", commands="1/hour")
        one, other = Limits(settings, redis.url), Limits(settings, redis.url)
        for _ in range(2):
            one.made(HERE)
            other.made(HERE)
        for limits in (one, other):
            too_many = refused(partial(limits.made, HERE))
            assert too_many.code == "too_many_rooms"
            assert 3_590 < int(too_many.facts["retry_s"]) <= 3_601
        one.made(ELSEWHERE)
        # A connection is in one process only.
        one.asked("a", HERE, 100)
        other.asked("a", HERE, 100)
        redis.kill()
        for _ in range(4):
            one.made(HERE)
        assert refused(lambda: one.made(HERE)).code == "too_many_rooms"
        other.made(HERE)
