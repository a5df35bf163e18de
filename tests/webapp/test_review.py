"""The review: what is said is what the run says, what is right varies, and it is told only to who has answered."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import pytest

from engine.changes import MessageState, OperationState, RecordState
from engine.commands import Read, Write
from tests.server import Server
from tests.webapp.http import fetch
from tests.webapp.test_pages import boot
from webapp.lessons.review.makers import MAKERS
from webapp.lessons.review.question import Luck, Question, Said
from webapp.lessons.review.review import QUESTIONS, answered, asked, lessons_of, packed, question_of
from webapp.lessons.review.story import told
from webapp.paths import STATIC, TEMPLATES
from webapp.rooms.packing import unpack
from webapp.rooms.replay import run_of
from webapp.words import catalogue, sentence

# So many questions as the server keeps at once.
SEEDS = range(20)
DRAWS = 80
LINK_MAX = 6000

Key = tuple[int, int]
Made = tuple[str, Question]


@pytest.fixture(scope="module")
def drawn() -> dict[Key, Question]:
    return {(seed, number): question_of(seed, number) for seed in SEEDS for number in range(1, QUESTIONS + 1)}


@pytest.fixture(scope="module")
def many() -> dict[str, list[Made]]:
    """By lesson: what its makers make of many draws."""
    return {
        lesson: [
            (maker.__name__, question)
            for maker in makers
            for draw in range(DRAWS)
            if (question := maker(Luck(f"{draw}"))) is not None
        ]
        for lesson, makers in MAKERS.items()
    }


class Seen:
    """What a packed run comes to when it is replayed, as the browser does; it knows nothing of the makers."""

    def __init__(self, packed: str) -> None:
        row, entries = unpack(packed)
        pairs = list(run_of(row, entries))
        self.changes = [change for changes, _ in pairs for change in changes]
        self.beside = [change for _, twin in pairs for change in twin or []]

    def operations(self, beside: bool = False) -> list[OperationState]:
        changes = self.beside if beside else self.changes
        last = {change.id: change.fields for change in changes if isinstance(change.fields, OperationState)}
        return list(last.values())

    def last(self, beside: bool = False) -> OperationState:
        return self.operations(beside)[-1]

    def held(self, node: str) -> tuple[str, ...]:
        record = self._last("record").get(f"{node}/x")
        if not isinstance(record, RecordState):
            return ()
        return tuple(sibling.value for sibling in record.siblings) or (record.value,)

    def version(self, node: str) -> int:
        record = self._last("record")[f"{node}/x"]
        assert isinstance(record, RecordState)
        return record.version.counter

    def holding(self, value: str) -> int:
        return sum(
            isinstance(record, RecordState) and record.value == value for record in self._last("record").values()
        )

    def _last(self, kind: str) -> dict[str, object]:
        return {change.id: change.fields for change in self.changes if change.kind == kind}


def fact(question: Question, name: str) -> str:
    return str(question.asks.facts[name])


def says(question: Question) -> str:
    """The right choice in words."""
    (right,) = (choice.says for choice in question.choices if choice.id == question.right)
    return sentence(f"review.{right.code}", right.facts)


def a_read(question: Question, seen: Seen) -> bool:
    read = seen.last()
    assert read.type == "read"
    return says(question) == (read.value if read.outcome == "ok" else sentence("review.choice.read_fails"))


def a_write(question: Question, seen: Seen) -> bool:
    write = seen.last()
    assert write.responded_us is not None
    late = write.responded_us - write.invoked_us > 2_000
    return question.right == ("fail" if write.outcome != "ok" else "late" if late else "soon")


def holds(question: Question, seen: Seen) -> bool:
    held = seen.held(fact(question, "node"))
    return says(question) == (held[0] if held else sentence("review.choice.holds_nothing"))


def writers(question: Question, seen: Seen) -> bool:
    (held,) = {seen.held(f"n{number}") for number in (1, 2, 3)}
    return all(value in says(question) for value in held) == ((len(held) > 1) == (question.right == "both"))


def takes(question: Question, seen: Seen) -> bool:
    operation = seen.last()
    assert operation.responded_us is not None
    return says(question) == f"{(operation.responded_us - operation.invoked_us) // 1000} ms"


def crashes(question: Question, seen: Seen) -> bool:
    """The operations after the first come in pairs, one pair after each crash."""
    words = [operation.outcome == "ok" for operation in seen.operations()[1:]]
    good = [write and read for write, read in zip(words[::2], words[1::2], strict=True)]
    return question.right == f"down-{good.index(False) if False in good else len(good)}"


def one_of(question: Question, seen: Seen) -> bool:
    reads = [operation for operation in seen.operations() if operation.type == "read"]
    stale = sum(read.value == fact(question, "old") for read in reads)
    told = [int(choice.says.facts["count"]) for choice in question.choices]
    nearest = min(told, key=lambda count: abs(count - stale))
    return question.right == next(c.id for c in question.choices if c.says.facts["count"] == nearest)


def commit(question: Question, seen: Seen) -> bool:
    stale, newest = 0, None
    for operation in sorted(seen.operations(), key=lambda operation: operation.invoked_us):
        newest = operation.value if operation.type == "write" else newest
        stale += operation.value != newest
    few, many = (next(iter(choice.says.facts.values())) for choice in question.choices[1:])
    return question.right == ("none" if not stale else "few" if stale <= few else "many" if stale >= many else "?")


def rumour(question: Question, seen: Seen) -> bool:
    having, nodes = seen.holding(fact(question, "value")), int(fact(question, "nodes"))
    return question.right == ("few" if having <= nodes / 4 else "most" if having >= nodes * 7 / 8 else "half")


def keys(question: Question, seen: Seen) -> bool:
    digests = {c.id: c.fields for c in seen.changes if isinstance(c.fields, MessageState)}
    named = sum(message.count or 0 for message in digests.values() if message.type == "gossip_digest")
    return question.right == ("none" if not named else "all" if named == question.asks.facts["count"] else "some")


def both_ways(question: Question, seen: Seen) -> bool:
    words = seen.last().outcome == "ok", seen.last(beside=True).outcome == "ok"
    told = {(True, True): "both", (True, False): "led", (False, True): "free", (False, False): "neither"}
    return question.right == told[words]


TRUE: dict[str, Callable[[Question, Seen], bool]] = {
    **dict.fromkeys(("heir", "newest", "after", "surfaces", "second", "other_side"), a_read),
    "missing": a_write,
    "overslept": lambda question, seen: question.right == f"v{seen.version(fact(question, 'node'))}",
    "holds": holds,
    "one_of": one_of,
    "slow.read": takes,
    "slow.write": takes,
    "coordinator": lambda question, seen: question.right == seen.last().outcome,
    "crashes": crashes,
    "copies": lambda question, seen: question.right == f"copies-{seen.holding(fact(question, 'value'))}",
    "writers": writers,
    "commit": commit,
    "rumour": rumour,
    "keys": keys,
    "both_ways": both_ways,
}


def test_what_is_right_is_what_happens_when_the_run_in_the_link_is_played(drawn: dict[Key, Question]) -> None:
    met = set()
    for key, question in drawn.items():
        link = packed(question)
        assert len(link) <= LINK_MAX, key
        assert TRUE[question.asks.code](question, Seen(link)), (key, question.right)
        met.add(question.asks.code)
    assert met == set(TRUE)


def test_all_that_the_script_says_is_done(drawn: dict[Key, Question]) -> None:
    """A command that cannot be carried out is skipped in a scenario; the story would then tell what does not happen."""
    for key, question in drawn.items():
        script = [one.command for one in question.scenario.script]
        asked_for = sum(isinstance(command, Write | Read) for command in script)
        assert len(Seen(packed(question)).operations()) == asked_for, key


def said(seed: int, number: int, question: Question) -> Iterator[Said]:
    page = asked(seed, number)
    yield from (page.asks, question.why)
    yield from (choice.says for choice in page.choices)
    yield from (line.says for line in (*page.past, *page.then))


def test_every_sentence_is_in_the_catalogue_with_all_of_its_facts(drawn: dict[Key, Question]) -> None:
    for key, question in drawn.items():
        for one in said(*key, question):
            assert "{" not in sentence(f"review.{one.code}", one.facts), key
        for rule in asked(*key).picture.rules:
            assert {rule, rule.rpartition(".")[0]} <= catalogue().keys(), key


PAGE = [STATIC / "js" / "review.js", *(STATIC / "js" / "lesson").glob("review_*.js"), TEMPLATES / "review.html"]
PUT_TOGETHER = {"figure.n", "figure.w", "figure.r", "node.down", "node.frozen", "node.leaving"}


def test_no_sentence_is_idle(many: dict[str, list[Made]]) -> None:
    used = set()
    for _, question in (made for lesson in many.values() for made in lesson):
        past, then = told(question)
        used |= {said.code for said in (question.asks, question.why, *(line.says for line in (*past, *then)))}
        used |= {choice.says.code for choice in question.choices}
    begun = {code.partition(".")[0] for code in used}
    codes = {re.sub(r"^review\.|\.(one|zero)$", "", code) for code in catalogue() if code.startswith("review.")}
    assert {code for code in codes if code.partition(".")[0] in begun} == used
    # The rest is what the page itself says.
    page = "\n".join(path.read_text() for path in PAGE)
    rest = {code for code in codes if code.partition(".")[0] not in begun}
    assert {code for code in rest if f"review.{code}" not in page} == PUT_TOGETHER


def test_choices_are_different_and_few(drawn: dict[Key, Question]) -> None:
    for key, question in drawn.items():
        texts = [sentence(f"review.{choice.says.code}", choice.says.facts) for choice in question.choices]
        assert 3 <= len(texts) <= 5, key
        assert len(set(texts)) == len(texts), key
        assert [choice.id for choice in question.choices].count(question.right) == 1, key


@pytest.mark.parametrize("lesson", MAKERS)
def test_no_choice_is_right_nearly_always_and_each_is_sometimes(many: dict[str, list[Made]], lesson: str) -> None:
    right: dict[str, Counter[str]] = defaultdict(Counter)
    offered = set()
    for name, question in many[lesson]:
        right[name][question.right] += 1
        offered |= {choice.id for choice in question.choices}
    for name, counts in right.items():
        assert max(counts.values()) <= 0.85 * counts.total(), (name, counts)
    # Where the choices are numbers there are many, and large ones are rare.
    words = {choice for choice in offered if not re.fullmatch(r"(v|down-|copies-|of-)\d+", choice)}
    assert words <= {choice for counts in right.values() for choice in counts}


def test_a_review_asks_about_ten_lessons_and_every_lesson_comes_up() -> None:
    met: Counter[str] = Counter()
    for seed in SEEDS:
        lessons = lessons_of(seed)
        assert len(lessons) == len(set(lessons)) == QUESTIONS
        met.update(lessons)
    assert set(met) == set(MAKERS)
    assert len(MAKERS) == 16


def test_a_seed_gives_the_same_review_again_and_another_seed_another() -> None:
    first = [asked(7, number) for number in (1, 2, 3)]
    question_of.cache_clear()
    assert [asked(7, number) for number in (1, 2, 3)] == first
    assert [asked(8, number) for number in (1, 2, 3)] != first


def test_a_question_is_made_quickly() -> None:
    question_of.cache_clear()
    before_s = time.process_time()
    for number in range(1, QUESTIONS + 1):
        asked(1234, number)
    assert (time.process_time() - before_s) / QUESTIONS < 0.05


# Over HTTP


def test_the_page_draws_a_seed_and_leads_to_it(server: Server) -> None:
    first, second = (fetch(server, "/lessons/review") for _ in range(2))
    seeds = [boot(answer.text)["review"]["seed"] for answer in (first, second)]
    assert seeds[0] != seeds[1]
    told = boot(fetch(server, "/lessons/review?seed=5").text)["review"]
    assert told["seed"] == 5
    assert {lesson["slug"] for lesson in told["lessons"]} <= set(lessons_of(5))


def test_what_is_right_comes_only_with_an_answer(server: Server) -> None:
    question = fetch(server, "/lessons/review/question?seed=5&number=3")
    told = question_of(5, 3)
    assert set(question.lines[0]) == {"number", "lesson", "picture", "past", "then", "beside", "asks", "choices"}
    assert [set(choice) for choice in question.lines[0]["choices"]] == [{"id", "says"}] * len(told.choices)
    for choice in told.choices:
        answer = fetch(server, f"/lessons/review/answer?seed=5&number=3&choice={choice.id}").lines[0]
        assert answer["right"] == (choice.id == told.right)
        assert answer["correct"] == told.right
        assert answer["why"]["code"] == told.why.code
    last = fetch(server, "/history", answer["packed"].encode()).lines[-1]
    assert last["done"]
    assert last["at_us"] == answer["to_us"] == told.scenario.ends_us


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("question?seed=5&number=0", "number"),
        ("question?seed=5&number=11", "number"),
        ("question?seed=-1&number=1", "seed"),
        ("question?seed=1000000001&number=1", "seed"),
        ("question?seed=99999999999&number=1", "seed"),
        ("answer?seed=5&number=1&choice=nonsense", "choice"),
        (f"answer?seed=5&number=1&choice={'x' * 100}", "choice"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(server: Server, path: str, field: str) -> None:
    answer = fetch(server, f"/lessons/review/{path}")
    assert (answer.status, answer.error["code"], answer.error["field"]) == (400, "invalid", field)


def test_what_is_missing_or_unknown_is_refused(server: Server) -> None:
    for path in ("question?seed=5", "answer?seed=5&number=1", "question?seed=5&number=1&right=1"):
        assert fetch(server, f"/lessons/review/{path}").status == 400
    for path in ("?seed=x", "?seed=-1", "?nonsense=1"):
        answer = fetch(server, f"/lessons/review{path}")
        assert answer.status == 400
        assert "<main" in answer.text


def test_the_answer_is_what_was_asked() -> None:
    wrong = next(choice.id for choice in question_of(3, 1).choices if choice.id != question_of(3, 1).right)
    assert not answered(3, 1, wrong).right
    assert answered(3, 1, question_of(3, 1).right).right
