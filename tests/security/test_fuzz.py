"""A slice of what ``python -m tests.security.fuzz`` does at length."""

from pathlib import Path

from tests.security.fuzz import GROWS_MB_MAX, WITHOUT_LIMITS, Fuzz, check_server, memory_mb
from tests.security.making import EVENTS, Maker
from tests.server import Server
from webapp.errors import ALL_REFUSALS

MESSAGES = 3_000


def test_hostile_messages_are_answered_and_leave_the_server_as_it_was(tmp_path: Path) -> None:
    with Server(tmp_path, **WITHOUT_LIMITS) as server:
        fuzz = Fuzz(server, seed=7)
        fuzz.run(MESSAGES // 5)
        before_mb = memory_mb(server)
        fuzz.run(MESSAGES - MESSAGES // 5)
        check_server(server)
        assert memory_mb(server) - before_mb < GROWS_MB_MAX
    # What was sent has come far: much is refused for what it says, and not for its form.
    assert fuzz.answers["accepted"] > MESSAGES / 20
    assert fuzz.answers["invalid"] > MESSAGES / 5
    assert len(fuzz.answers.keys() & ALL_REFUSALS.keys()) > 20


def test_they_are_the_same_again_and_of_every_kind() -> None:
    def made(seed: int) -> list[str | bytes]:
        maker = Maker(seed)
        return [maker.packet(number).data for number in range(2_000)]

    assert made(3) == made(3) != made(4)
    text = "\n".join(packet for packet in made(3) if isinstance(packet, str))
    assert all(f'["{event}"' in text for event in EVENTS)
    assert any(isinstance(packet, bytes) for packet in made(3))
