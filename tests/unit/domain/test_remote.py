"""Addresses of repositories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.remote import repository_of, without_credentials


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/o/p.git", "https://example.org/o/p.git"),
        ("https://ada:s3cret@example.org:8443/o/p", "https://example.org:8443/o/p"),
        ("https://s3cret@example.org/o/p", "https://example.org/o/p"),
        ("https://example.org/o/p?private_token=s3cret#s3cret", "https://example.org/o/p"),
        ("https://a@s3cret@example.org/p", "https://example.org/p"),
        ("ssh://git@example.org:22/o/p", "ssh://git@example.org:22/o/p"),
        ("ssh://git:s3cret@example.org/o/p", "ssh://git@example.org/o/p"),
        ("git@example.org:o/p.git", "git@example.org:o/p.git"),
        ("example.org:o/p.git", "example.org:o/p.git"),
        ("/srv/git/p.git", "/srv/git/p.git"),
        ("../p", "../p"),
        ("file:///srv/p", "file:///srv/p"),
        (" https://example.org/p ", "https://example.org/p"),
        ("git:s3cret@example.org:o/p", ""),
        ("ext::sh -c s3cret", ""),
        ("s3cret::https://example.org", ""),
        ("javascript://s3cret", ""),
        ("https://[s3cret", ""),
        ("https://example.org/\x1b[31m", ""),
        ("p", ""),
        ("", ""),
    ],
)
def test_an_address_without_credentials(address: str, shown: str) -> None:
    assert shown == without_credentials(address)


@given(
    st.sampled_from(["https", "http", "ssh", "git"]),
    st.text("abc.-", min_size=1),
    st.text("xyz@:", min_size=1),
)
def test_no_password_is_ever_shown(scheme: str, user: str, password: str) -> None:
    shown = without_credentials(f"{scheme}://{user}:s3cret{password}@example.org/o/p")
    assert "s3cret" not in shown


@given(st.text())
def test_any_text_gives_an_address_or_nothing(address: str) -> None:
    shown = without_credentials(address)
    assert shown == without_credentials(shown)


@pytest.mark.parametrize(
    ("address", "repository"),
    [
        ("https://git.example.org/octo/shop.git", "octo/shop"),
        ("https://git.example.org/octo/shop", "octo/shop"),
        ("https://git.example.org/octo/shop/", "octo/shop"),
        ("ssh://git@git.example.org/octo/shop.js.git", "octo/shop.js"),
        ("git@git.example.org:octo/shop.git", "octo/shop"),
        ("/home/me/shop", ""),
        ("../shop", ""),
        ("https://git.example.org/shop", ""),
        ("https://git.example.org/a/b/c", ""),
        ("", ""),
    ],
)
def test_what_a_code_host_calls_a_repository(address: str, repository: str) -> None:
    assert repository == repository_of(address)
