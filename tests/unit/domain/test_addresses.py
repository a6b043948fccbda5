from __future__ import annotations

import pytest

from autonomous_cicd.domain.addresses import web_address


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://API.github.com/", "https://github.com"),
        ("https://git.example.org/api/v3", "https://git.example.org"),
        ("https://git.example.org/api/v3/", "https://git.example.org"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://example.org/github/api/v3", "https://example.org/github"),
    ],
)
def test_where_people_see_the_host(api: str, web: str) -> None:
    assert web == web_address(api)
