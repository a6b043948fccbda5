"""OpenAPI: the description is valid and true, and no question that follows it breaks us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from tests.incidents import an_incident
from tests.servers import ask, deliver, failed_run, running

from autonomous_cicd.domain.incident import State
from autonomous_cicd.web.openapi import description, schemas
from autonomous_cicd.web.routes import ROUTES

EXAMPLES = 12


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running(tmp_path_factory.mktemp("openapi")) as (port, app):
        for number in range(3):
            deliver(port, failed_run(number + 1), id=f"d-{number}")
            app.store.casebook.save(an_incident(id=f"00000000000{number}", state=State.WAITING))
        yield port


def test_every_endpoint_is_described() -> None:
    told = {(method.upper(), path) for path, methods in description()["paths"].items() for method in methods}
    assert {(one.method, one.path) for one in ROUTES} == told
    assert len(ROUTES) == len({one.name for one in ROUTES})


def test_everything_that_is_named_is_there() -> None:
    assert {one.returns for one in ROUTES} <= schemas().keys()
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("route", [one for one in ROUTES if one.method == "GET"], ids=lambda one: one.name)
def test_what_is_answered_is_as_it_is_described(port: int, route: Any) -> None:
    path = route.path.replace("{id}", "d-1" if "runs" in route.path else "000000000001")
    answer = ask(port, path)
    assert 200 == answer.status
    schema = {"$ref": f"#/components/schemas/{route.returns}", "components": {"schemas": schemas()}}
    jsonschema.Draft202012Validator(schema).validate(answer.json)


schema = schemathesis.openapi.from_dict(description())


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
def test_no_question_breaks_the_server(port: int, case: Any) -> None:
    response = case.call(base_url=f"http://127.0.0.1:{port}")
    assert response.status_code < 500 or response.status_code == 503, response.text
