from __future__ import annotations

import pytest

from autonomous_cicd.domain.addresses import site_of


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://API.github.com/", "https://github.com"),
        ("https://git.example.org/api/v3", "https://git.example.org"),
        ("https://git.example.org/api/v3/", "https://git.example.org"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://example.org/github/api/v3", "https://example.org/github"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com"),
    ],
)
def test_where_people_see_the_host(api: str, web: str) -> None:
    assert web == site_of(api)


def test_what_the_operator_says_counts() -> None:
    assert "https://code.example.org" == site_of("https://api.example.org", "https://code.example.org/")
