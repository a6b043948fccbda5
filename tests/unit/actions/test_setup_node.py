from pathlib import Path

import pytest
from tests.sites import MemorySite

from autonomous_cicd.actions.setup_node import SetupNode
from autonomous_cicd.domain.machine import Interpreter, Machine

USES = "actions/setup-node@v4"


def installed(folder: Path, *versions: str) -> Machine:
    """Make Nodes that have an npm beside them, and one npx of the machine."""
    nodes = []
    for version in versions:
        binaries = folder / "nodes" / version / "bin"
        binaries.mkdir(parents=True)
        for name in ("node", "npm"):
            (binaries / name).touch()
        nodes.append(Interpreter(language="node", version=version, path=str(binaries / "node")))
    (folder / "npx").touch()
    return Machine(interpreters=tuple(nodes), programs={"npx": str(folder / "npx")})


async def test_puts_a_node_with_its_tools_first_on_the_path(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, installed(tmp_path, "18.19.0", "20.11.1"))
    outcome = await site.use(SetupNode(), USES, node_version="18", cache="npm", registry_url="x")
    assert {"node-version": "v18.19.0", "cache-hit": "false"} == dict(outcome.outputs)
    folder = site.tools / "node/18.19.0/x64"
    assert [folder / "bin"] == site.path
    assert {"node", "npm", "npx"} == {entry.name for entry in (folder / "bin").iterdir()}
    assert tmp_path / "nodes/18.19.0/bin/npm" == (folder / "bin/npm").resolve()
    assert str(folder) == site.variables["NPM_CONFIG_PREFIX"]
    again = await site.use(SetupNode(), USES, node_version="18")
    assert again.passed


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        (".nvmrc", "v18\n", "18.19.0"),
        (".nvmrc", "# ours\nlts/iron # 20\n", "20.11.1"),
        (".tool-versions", "python 3.12\nnodejs 18.19.0\n", "18.19.0"),
        ("package.json", '{"engines": {"node": "<20"}}', "18.19.0"),
        ("package.json", '{"volta": {"node": "18.19.0"}, "engines": {"node": "20"}}', "18.19.0"),
        ("package.json", '{"engines": {"npm": "9"}}', "20.11.1"),
        ("package.json", "[]", "20.11.1"),
        ("package.json", "broken", "20.11.1"),
        (".node-version", "", "20.11.1"),
    ],
)
async def test_a_file_names_the_version(tmp_path: Path, name: str, text: str, version: str) -> None:
    site = MemorySite(tmp_path, installed(tmp_path, "18.19.0", "20.11.1"))
    site.write(name, text)
    outcome = await site.use(SetupNode(), USES, node_version_file=name)
    assert f"v{version}" == outcome.outputs["node-version"]


async def test_says_which_node_is_taken_in_the_place_of_another(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, installed(tmp_path, "20.11.1"))
    outcome = await site.use(SetupNode(), USES, node_version="20.9.0")
    assert outcome.passed
    assert site.said[0].startswith("Node 20.9.0 is not installed here; 20.11.1 is taken")


async def test_without_a_node_nothing_can_be_checked(tmp_path: Path) -> None:
    outcome = await MemorySite(tmp_path).use(SetupNode(), USES)
    assert "Node of any version is not installed here (there is: none); install it" in outcome.not_checked


@pytest.mark.parametrize("path", ["package-lock.json", "app/*.json", "app/package-lock.json"])
async def test_what_the_cache_goes_by_has_to_be_there(tmp_path: Path, path: str) -> None:
    site = MemorySite(tmp_path, installed(tmp_path, "20.11.1"))
    site.write("app/package-lock.json", "{}")
    outcome = await site.use(SetupNode(), USES, node_version="20", cache="npm", cache_dependency_path=path)
    assert path.startswith("app/") is outcome.passed
    assert outcome.passed is not outcome.reason.startswith("Some specified paths were not resolved")
