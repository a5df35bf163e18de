"""Requests over HTTP, made by lot from the OpenAPI document: each is answered as that says, and none is a fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi import checks

from tests.classroom.people import new_class
from tests.server import Server
from tests.webapp.clients import Client
from webapp.app import create_app
from webapp.openapi import OPERATIONS, document
from webapp.settings import Settings

EXAMPLES = 8

SCHEMA = schemathesis.openapi.from_dict(document())

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.ensure_resource_availability,
]


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[dict[str, str]]:
    """What there is, so that not everything is asked about what is not there."""
    one = new_class(server)
    with Client(server) as client:
        yield {"room": client.open(), "class_id": one.id, "code": one.code, "name": "five-masters"}


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_request_is_answered_as_it_is_said(
    case: schemathesis.Case, server: Server, known: dict[str, str]
) -> None:
    response = case.call(base_url=server.address.rstrip("/"))
    # A server that has too much to do says so, and is not at fault.
    if response.status_code != 503:
        case.validate_response(response, checks=CHECKS)
    there = {name: known[name] for name in case.path_parameters or {}}
    if there and case.method != "DELETE":
        case.path_parameters.update(there)
        response = case.call(base_url=server.address.rstrip("/"))
        if response.status_code != 503:
            case.validate_response(response, checks=CHECKS)


def test_the_document_has_every_address_that_is_no_page(tmp_path: Path) -> None:
    app, _ = create_app(Settings(data_dir=tmp_path), "threading")
    told = {(operation.method.upper(), operation.path) for operation in OPERATIONS}
    there = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert told <= there
    ours = ("downloads.", "classes.", "class_documents.")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(ours)]
    changing = {(method, rule.rule) for rule in rules for method in (rule.methods or set()) & {"POST", "DELETE"}}
    data = {
        ("GET", rule.rule) for rule in rules if rule.endpoint.startswith("downloads.") and "GET" in (rule.methods or ())
    }
    assert changing | data <= told
