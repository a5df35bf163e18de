"""Languages are PO files, and a request is answered in one of them."""

import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.datastructures import LanguageAccept

from tests.pseudo import TAG, pseudo, write_translation
from tests.server import Server
from tests.webapp.clients import Client
from tests.webapp.http import fetch
from webapp.languages import Languages
from webapp.settings import SettingError, from_environment
from webapp.translations.faults import BadTranslation, fault
from webapp.translations.messages import scenarios, sentences, template
from webapp.translations.reading import TRANSLATIONS, Translation, read_all
from webapp.words import catalogue, narrate, sentence

Make = Callable[..., Client]

POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgctxt "cost.messages"
msgid "1 message"
msgid_plural "{count} messages"
msgstr[0] "jedna wiadomość"
msgstr[1] "{count} wiadomości (2–4)"
msgstr[2] "{count} wiadomości"

msgctxt "operation.copies.zero"
msgid "no node keeps it now"
msgstr "żaden węzeł go nie ma"

msgctxt "time.now"
msgid "{ms} ms"
msgstr "{milisekundy} ms"

msgctxt "time.run"
msgid "Run"
msgstr ""

#, fuzzy
msgctxt "time.pause"
msgid "Pause"
msgstr "Może pauza"

msgctxt "lesson.one"
msgid "Client <q-client>A</q-client> reads a <q-term of=\\"quorum\\">majority</q-term>."
msgstr "Czyta <q-term of=\\"quorum\\">większość</q-term>."

msgctxt "lesson.one"
msgid "A <q-term of=\\"quorum\\">majority</q-term> is enough."
msgstr "Wystarczy <q-term of=\\"quorum\\">większość</q-term>."

msgctxt "scenario.overlap.title"
msgid "Overlap"
msgstr "Nakładanie"
"""


def write(folder: Path, tag: str, text: str) -> Path:
    path = folder / tag / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def polish(tmp_path: Path) -> Translation:
    write(tmp_path, "pl", POLISH)
    (found,) = read_all(tmp_path)
    return found


def test_the_template_is_as_the_sentences_are() -> None:
    told = (TRANSLATIONS / "messages.pot").read_text(encoding="utf-8")
    assert told == template(), "webapp/translations/messages.pot is out of date: run `make translations`"


def test_what_ships_fits() -> None:
    assert [(one.language.code, one.faults) for one in read_all(TRANSLATIONS) if one.faults] == []


def test_every_code_is_in_the_template_once_and_plurals_are_one_message() -> None:
    found = {message.context: message for message in (*sentences(), *scenarios())}
    assert len(found) == sum(1 for _ in (*sentences(), *scenarios()))
    folded = {code for code in catalogue() if code not in found}
    assert "cost.trips.one" in folded
    assert {code.rpartition(".")[2] for code in folded} == {"one"}
    # This one is about a setting that is called so.
    assert "setting.read_from.one" in found
    assert (found["cost.trips"].text, found["cost.trips"].plural) == ("1 round trip", "{count} round trips")
    assert (found["node.behind"].text, found["node.behind"].plural) == ("{count} behind", "{count} behind")
    assert found["scenario.overlap.claim"].where == "engine/scenarios"


def test_each_number_has_its_form_and_none_has_its_own_sentence(polish: Translation) -> None:
    said = [sentence("cost.messages", {"count": count}, polish.language) for count in (1, 2, 5, 22)]
    assert said == ["jedna wiadomość", "2 wiadomości (2–4)", "5 wiadomości", "22 wiadomości (2–4)"]
    assert sentence("operation.copies", {"count": 0}, polish.language) == "żaden węzeł go nie ma"
    # Not translated, so in English.
    assert [sentence("cost.trips", {"count": count}, polish.language) for count in (1, 2)] == [
        "1 round trip",
        "2 round trips",
    ]
    facts: dict[str, str | int] = {"message": "m1", "type": "put_request", "source": "A", "target": "n2"}
    assert narrate("dropped", facts, polish.language) == "m1 (write request, A to n2) is dropped."


def test_a_form_for_one_that_is_also_for_21_is_not_said_in_english(tmp_path: Path) -> None:
    write(tmp_path, "ru", "")
    (russian,) = read_all(tmp_path)
    assert sentence("cost.messages", {"count": 21}, russian.language) == "21 messages"


def test_what_is_unfinished_or_does_not_fit_is_said_in_english_and_named(polish: Translation) -> None:
    words, text = polish.language.words, polish.language.text
    assert [words[code] for code in ("time.now", "time.run", "time.pause")] == ["{ms} ms", "Run", "Pause"]
    assert dict(polish.faults).keys() == {"time.now", "lesson.one"}
    assert text("lesson.one", 'A <q-term of="quorum">majority</q-term> is enough.').startswith("Wystarczy")
    lost = 'Client <q-client>A</q-client> reads a <q-term of="quorum">majority</q-term>.'
    assert text("lesson.one", lost) == lost
    assert polish.language.title("overlap", "Overlap") == "Nakładanie"
    english = 'A <q-term of="quorum">majority</q-term> is enough.'
    assert polish.language.title("lesson-one", english) == text("lesson.one", english) != english


@pytest.mark.parametrize(
    ("context", "english", "told", "reason"),
    [
        ("x", ("{a} of {b}",), ("{b}: {a}",), None),
        ("x", ("{a} of {b}",), ("{a}",), "{b} is missing"),
        ("x", ("{a}",), ("{a} {c}",), "there is no fact {c}"),
        ("x", ("1 message", "{count} messages"), ("één", "{count} berichten"), None),
        ("x", ("1 of {all}", "{count} of {all}"), ("één", "{count} van {all}"), "{all} is missing"),
        ("lesson.x", ("<q-node>n1</q-node> <em>is</em> down",), ("<em>Bas</em> <q-node>n1</q-node>",), None),
        ("lesson.x", ("<q-node>n1</q-node> is down",), ("<q-node>n2</q-node>",), "<q-node>n1 is missing"),
        ("lesson.x", ("down",), ("<a href='http://x.test'>x</a>",), '<a href="http://x.test"> is not in the English'),
        ("lesson.x", ("<em>down</em>",), ("<em>bas",), "its marks are broken: mismatched tag: line 1, column 12"),
    ],
)
def test_a_translation_says_what_the_english_says(
    context: str, english: tuple[str, ...], told: tuple[str, ...], reason: str | None
) -> None:
    assert fault(context, english, told) == reason


def test_a_language_is_what_it_calls_itself_and_reads_as_it_does(tmp_path: Path) -> None:
    for tag in ("ar", "pt_BR", TAG):
        write(tmp_path, tag, "")
    found = {language.code: (language.name, language.direction) for language in Languages(tmp_path)}
    assert found == {
        "en": ("English", "ltr"),
        "ar": ("العربية", "rtl"),
        "pt-BR": ("português (Brasil)", "ltr"),
        TAG: (f"English ({TAG})", "ltr"),
    }


def test_the_address_decides_then_what_was_kept_then_the_browser(tmp_path: Path) -> None:
    for tag in ("pl", "pt_BR"):
        write(tmp_path, tag, "")
    choose = Languages(tmp_path).choose
    polish = LanguageAccept([("pl", 1), ("en", 0.5)])
    assert choose("pt_BR", "pl", polish).code == "pt-BR"
    assert choose(None, "pt-BR", polish).code == "pt-BR"
    assert choose("xx", "../..", polish).code == "pl"
    assert choose(None, None, LanguageAccept([("pl-PL", 1)])).code == "pl"
    assert choose(None, None, LanguageAccept([("de", 1)])).code == "en"
    assert choose(None, None, LanguageAccept()).code == "en"


@pytest.mark.parametrize(
    ("tag", "text", "reason"),
    [
        ("Polish language", "", "is no tag of a language"),
        ("pl", 'msgid "x', "messages.po: "),
        ("pl", 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=nonsense;\\n"\n', "messages.po: "),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path, tag: str, text: str, reason: str) -> None:
    write(tmp_path, tag, text)
    with pytest.raises(BadTranslation, match=reason):
        read_all(tmp_path)


def test_a_folder_without_translations_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="QUORUMSCOPE_TRANSLATIONS must be a folder with"):
        from_environment({"QUORUMSCOPE_TRANSLATIONS": str(tmp_path)})
    write(tmp_path, "pl", POLISH)
    assert from_environment({"QUORUMSCOPE_TRANSLATIONS": str(tmp_path)}).translations == tmp_path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    translations = tmp_path_factory.mktemp("translations")
    write_translation(translations)
    with Server(tmp_path_factory.mktemp("data"), QUORUMSCOPE_TRANSLATIONS=str(translations)) as server:
        yield server


def get(server: Server, path: str, **headers: str) -> tuple[str, str]:
    """The page, and the cookie that came with it."""
    request = urllib.request.Request(server.address + path.lstrip("/"), headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode(), answer.headers.get("Set-Cookie") or ""


def test_a_page_is_in_the_language_that_was_asked_for_and_the_browser_keeps_it(server: Server) -> None:
    page, cookie = get(server, f"/?lang={TAG}")
    assert f'<html lang="{TAG}" dir="ltr">' in page
    assert f"<title>{pseudo('Quorumscope')}</title>" in page
    assert cookie.startswith(f"lang={TAG};")
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    page, cookie = get(server, "/", Cookie=f"lang={TAG}")
    assert f'<html lang="{TAG}"' in page
    assert cookie == ""
    page, cookie = get(server, "/?lang=nonsense")
    assert '<html lang="en"' in page
    assert cookie == ""


def test_another_language_is_that_of_the_same_page(server: Server) -> None:
    page, _ = get(server, "/lessons/review?seed=5")
    assert f'href="?seed=5&amp;lang={TAG}"' in page


def test_refusals_are_in_the_language(server: Server, client: Make) -> None:
    assert f"<p>{pseudo('There is no room at this address. It may have been mistyped.')}</p>" in (
        fetch(server, f"/r/none?lang={TAG}").text
    )
    wrong = fetch(server, f"/r/none/history?lang={TAG}")
    assert (wrong.status, wrong.error["sentence"]) == (404, pseudo("There is no room of that name."))
    assert "set-cookie" not in wrong.headers
    # Told by a child process, which knows no language.
    late = fetch(server, f"/staleness?n=2&r=3&lang={TAG}")
    assert late.error["sentence"].startswith("⟦")
    broken = fetch(server, f"/history?lang={TAG}", b"nonsense")
    assert broken.error["sentence"].startswith("⟦")


def test_a_socket_answers_in_the_language_that_its_page_is_in(server: Server, client: Make) -> None:
    viewer = client(query=f"lang={TAG}")
    assert viewer.ask("join", {"room": "none"})["error"]["sentence"] == pseudo("There is no room of that name.")
    assert viewer.ask("lesson", {"slug": "one-leader", "step": "claim"})["title"].startswith("⟦")
    joined = viewer.ask("open", {"scenario": "overlap"})
    assert joined["title"].startswith("⟦")
    ending = fetch(server, f"/r/{joined['room']}/history?lang={TAG}").lines[-1]
    assert ending["title"] == joined["title"]
    assert client().ask("join", {"room": "none"})["error"]["sentence"] == "There is no room of that name."
