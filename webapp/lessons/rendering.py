"""A lesson's prose as the page has it: translated, with places for choices, ticks and numbers."""

import copy
from collections.abc import Callable, Mapping
from typing import TypeAlias

from lxml import etree

from webapp.lessons.experiment import UNSURE, Experiment, Step
from webapp.lessons.prose import BLOCKS, Element, Prose, plain, source

# From a block's English, with its marks, to another language's.
Translate: TypeAlias = Callable[[str], str]


class _Page:
    def __init__(self, experiment: Experiment, numbers: Mapping[str, str], translate: Translate, unsure: str) -> None:
        self._experiment = experiment
        self._numbers = numbers
        self._translate = translate
        self._unsure = unsure

    def section(self, element: Element, step: Step) -> Element:
        section = copy.deepcopy(element)
        for block in [*section.iter(*BLOCKS)]:
            self._translated(block)
        for mark in [*section.iter("q-client", "q-number", "q-run", "q-term")]:
            self._mark(mark)
        # A step may be called like something else on the page.
        section.set("id", f"step-{step.id}")
        section.set("class", "step")
        section.set("data-step", step.id)
        section.set("data-kind", step.kind)
        section.set("hidden", "")
        for heading in section.iter("h2"):
            heading.set("id", f"step-{step.id}-title")
            heading.set("tabindex", "-1")
        for paragraph in section.iter("p"):
            for name in ("data-hint", "data-said"):
                if paragraph.get(name) is not None:
                    paragraph.set("class", name.removeprefix("data-"))
                    paragraph.set("hidden", "")
        for item in [*section.iter("li")]:
            if item.get("data-task"):
                _task(item)
        choices = [item for item in section.iter("li") if item.get("data-choice")]
        if choices:
            self._choices(choices, step)
        return section

    def _translated(self, block: Element) -> None:
        """Put the translation in the block's place; the attributes stay."""
        told = etree.fromstring(f"<x>{self._translate(source(block))}</x>")
        for child in [*block]:
            block.remove(child)
        block.text = told.text
        block.extend([*told])

    def _mark(self, mark: Element) -> None:
        of = mark.attrib.pop("of", "")
        side = mark.attrib.pop("side", "")
        match mark.tag:
            case "q-client":
                clients = self._experiment.scenario.clients
                place = clients.index(mark.text) if mark.text in clients else 0
                mark.set("class", f"who-{place % 2}")
            case "q-number":
                mark.tag, mark.text = "output", "–"
                mark.set("class", "number")
                mark.set("data-number", of)
                if side:
                    mark.set("data-side", side)
            case "q-run":
                mark.tag, mark.text = "span", self._numbers[f"{side}.{of}" if side else of]
                mark.set("class", "number")
            case "q-term":
                mark.tag = "button"
                mark.set("type", "button")
                mark.set("class", "term")
                mark.set("data-term", of)

    def _choices(self, choices: list[Element], step: Step) -> None:
        group = choices[0].getparent()
        assert group is not None
        group.set("class", "choices")
        group.set("role", "radiogroup")
        group.set("aria-labelledby", f"step-{step.id}-title")
        if step.kind == "predict":
            choices.append(etree.SubElement(group, "li", {"data-choice": UNSURE}))
            choices[-1].text = self._unsure
        for item in choices:
            item.set("role", "presentation")
            label = etree.Element("label", {"class": "choice"})
            value = item.attrib.pop("data-choice")
            etree.SubElement(label, "input", {"type": "radio", "name": step.id, "value": value})
            label.append(_inside(item, "span"))
            item.append(label)


def _task(item: Element) -> None:
    text = _inside(item, "span")
    text.set("class", "text")
    item.set("class", "task")
    etree.SubElement(item, "span", {"class": "tick", "aria-hidden": "true"})
    item.append(text)
    etree.SubElement(item, "span", {"class": "unseen", "data-state": ""})


def _inside(item: Element, tag: str) -> Element:
    """All that the element holds, moved into a new one."""
    inner = etree.Element(tag)
    inner.text, item.text = item.text, None
    for child in [*item]:
        inner.append(child)
    return inner


def heard(block: Element, translate: Translate) -> str:
    """A block's translation as it reads, without marks."""
    return plain(etree.fromstring(f"<x>{translate(source(block))}</x>"))


def render(prose: Prose, experiment: Experiment, numbers: Mapping[str, str], translate: Translate, unsure: str) -> str:
    """HTML: one section for each step. ``numbers`` are what measures come to when the scripts are played, as text."""
    page = _Page(experiment, numbers, translate, unsure)
    steps = {step.id: step for step in experiment.steps}
    sections = (page.section(element, steps[name]) for name, element in prose.sections.items())
    return "\n".join(
        etree.tostring(section, encoding="unicode", method="html", with_tail=False) for section in sections
    )
