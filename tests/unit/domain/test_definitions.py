"""What a line of code defines is told in several languages."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.definitions import declares, offers


@pytest.mark.parametrize(
    ("line", "declared", "offered"),
    [
        ("    async def get(self):\n", "get", "get"),
        ("class Tree(Base):\n", "Tree", "Tree"),
        ("export default class Tree {\n", "Tree", "Tree"),
        ("  private static final class Node {\n", "Node", "Node"),
        ("function* all () {\n", "all", "all"),
        ("func (t *Tree) Walk() {\n", "Walk", "Walk"),
        ("pub(crate) async fn walk() {\n", "walk", "walk"),
        ("export const twice = (x) => x * 2\n", "twice", "twice"),
        ("const one = x => x\n", "one", "one"),
        ("module.exports.slug = function (text) {\n", "", "slug"),
        ("const LIMIT = 5\n", "LIMIT", ""),
        ("impl Tree {\n", "Tree", ""),
        ("x = 1\n", "", ""),
        ("# class Tree is old\n", "", ""),
        ("return defined\n", "", ""),
    ],
)
def test_what_a_line_defines(line: str, declared: str, offered: str) -> None:
    assert (declared, offered) == (declares(line), offers(line))
