"""Scripts are read as a shell would read them, without a shell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.ecosystems.node.managers import Manager
from autonomous_cicd.ecosystems.node.scripts import chain, expand, reached


@pytest.mark.parametrize(
    ("script", "calls"),
    [
        ("mocha --exit 'test/**/*.js'", ["mocha --exit test/**/*.js"]),
        ("NODE_ENV=test mocha", ["mocha"]),
        ("A=1", []),
        ("cross-env A=1 jest --ci", ["cross-env A=1 jest --ci", "jest --ci"]),
        ("c8 -r text mocha", ["c8 -r text mocha", "mocha"]),
        ("c8 --", ["c8 --"]),
        ("npx --no-install jest@29 --ci", ["npx --no-install jest@29 --ci", "jest --ci"]),
        ("npm exec -- vitest run", ["npm exec -- vitest run", "vitest run"]),
        ("yarn jest --ci", ["yarn jest --ci", "jest --ci"]),
        ("yarn --silent jest", ["yarn --silent jest"]),
        ("pnpm -r test", ["pnpm -r test"]),
        ("eslint . && tsc; xo | tee log > out.txt 2>&1", ["eslint .", "tsc", "xo", "tee log 2"]),
        ("(cd sub && mocha)", ["cd sub", "mocha"]),
        ("node node_modules/.bin/tape test.js", ["tape test.js"]),
        ("node --inspect node_modules/@scope/tool/bin/run.js a", ["tool a"]),
        ("node -r node_modules/esm test.js", ["node -r node_modules/esm test.js"]),
        ("./node_modules/.bin/ava", ["ava"]),
        (
            'concurrently "npm:lint" "jest --ci"',
            ["concurrently npm:lint jest --ci", "npm:lint", "jest --ci", "eslint ."],
        ),
        ('echo "unclosed && jest', ['echo "unclosed', "jest"]),
        ("npm run lint", ["npm run lint", "eslint ."]),
        ("npm run", ["npm run"]),
        ("npm", ["npm"]),
        ("npm lint", ["npm lint"]),
        ("yarn lint", ["yarn lint", "lint", "eslint ."]),
        ("run-s lint 'b:*'", ["run-s lint b:*", "eslint .", "rollup"]),
        ("node --run lint", ["node --run lint", "eslint ."]),
        ("node --run", ["node --run"]),
        ("start-server-and-test start http://localhost lint", None),
        ("", []),
    ],
)
def test_the_programs_of_a_script(script: str, calls: list[str] | None) -> None:
    scripts = {"it": script, "lint": "eslint .", "b:js": "rollup", "start": "node server.js"}
    found = [call.text for call in expand("it", scripts)]
    assert (calls if calls is not None else [found[0], "node server.js", "eslint ."]) == found


def test_what_runs_before_and_after_is_run_too() -> None:
    scripts = {"pretest": "npm run build", "test": "mocha", "posttest": "npm t", "build": "tsc", "other": "x"}
    assert ("pretest", "test", "posttest", "build") == reached("test", scripts)


def test_scripts_that_call_each_other_for_ever_end() -> None:
    scripts = {f"s{n}": f"npm run s{n + 1}" for n in range(1000)}
    assert 9 == len(reached("s0", scripts))
    assert ("a", "b") == reached("a", {"a": "npm run b", "b": "npm run a"})


def test_a_script_that_calls_everything_ends() -> None:
    scripts = {f"s{n}": "run-s '*'" for n in range(1000)}
    assert 300 <= len(reached("s0", scripts)) <= 303


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a b && c", (("a", "b"), ("c",))),
        ("a 'b c'", (("a", "b c"),)),
        ("a || b", ()),
        ("a; b", ()),
        ("a $(b)", ()),
        ("a `b`", ()),
        ("a &&", ()),
        ("", ()),
    ],
)
def test_a_chain_is_taken_apart_and_nothing_else(script: str, commands: tuple[tuple[str, ...], ...]) -> None:
    assert commands == chain(script)


@given(st.dictionaries(st.sampled_from(["test", "pretest", "a", "b"]), st.text(max_size=60)))
def test_no_script_breaks_the_reader(scripts: dict[str, str]) -> None:
    for name in scripts:
        assert name in reached(name, scripts)
        assert all(call.program is not None for call in expand(name, scripts))


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("npm", "npx --no-install tsc -p ."),
        ("pnpm", "pnpm exec tsc -p ."),
        ("yarn", "yarn run tsc -p ."),
        ("bun", "bunx --no-install tsc -p ."),
    ],
)
def test_each_manager_executes_installed_programs_its_own_way(name: str, command: str) -> None:
    assert command == " ".join(Manager(name=name, evidence="").execute("tsc", "-p", "."))


def test_a_modern_yarn_without_a_lock_file_may_write_one() -> None:
    manager = Manager(name="yarn", evidence="", modern=True)
    assert ("yarn", "install", "--no-immutable") == manager.install()
