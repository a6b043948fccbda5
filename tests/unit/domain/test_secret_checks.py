"""Whether a script that needs a secret checks the project, or only carries something outside."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.secret_checks import needs_secret
from autonomous_cicd.domain.workflow import Step

CHECKS = [
    "pytest tests/live",
    "python live.py",
    "python -m pytest tests/test_upload.py",
    "pytest -k publish",
    "npm test",
    'curl -sf -H "Authorization: $KEY" https://api.example.com/health',
    "make integration",
    'node -e "process.exit(process.env.KEY ? 0 : 1)"',
    "git diff --exit-code",
    ': "${KEY:?the secret is not set}"',
    ': "${KEY:?the secret is not set}"\ntwine upload dist/*',
    'test -n "$KEY" || { echo "KEY is empty: add it to the secrets"; exit 1; }',
    'if [ -z "$KEY" ]; then\n  echo "::error::no KEY"\n  exit 1\nfi',
    'if [[ "$KEY" == "" ]]; then exit 2; fi',
    'test -n "$KEY"',
    '[ -n "$KEY" ] || false',
    "pip install -r x.txt\npytest --cov\ncodecov -t $KEY",
    "./scripts/check.sh",
]
NO_CHECKS = [
    "npm publish",
    "npm ci\nnpm run build\nnpm publish",
    "yarn run docs:deploy",
    "pip install build twine\npython -m build\npython -m twine upload dist/*",
    "twine upload dist/*",
    "make publish",
    "tox -e publish",
    "./scripts/deploy.sh production",
    "bash scripts/upload_docs.sh",
    "npx semantic-release",
    "docker login -u me -p $KEY\ndocker push me/it",
    "gh release create v1",
    "aws s3 sync site s3://bucket",
    "curl -sf -X POST -d done $KEY",
    "curl -fsSd @report.json https://example.com",
    "bash <(curl -s https://codecov.io/bash) -t $KEY",
    "codecov",
    "python -m coveralls",
    'echo "//registry/:_authToken=$KEY" > ~/.npmrc',
    "echo $KEY | base64 -d > key.json",
    "sphinx-build docs out\nghp-import -p out",
    "git config user.name me\ngit add -A\ngit commit -m x\ngit push",
    "cargo publish --token $KEY",
    "rsync -a site/ me@example.com:/srv",
    'if [ -z "$KEY" ]; then echo "no key, nothing to do"; exit 0; fi\npytest tests/live',
    'if [ -n "$KEY" ]; then\n  pytest tests/live\nfi',
    "sudo apt-get install x\npytest",
]


@pytest.mark.parametrize("script", CHECKS)
def test_a_check_is_wanted(script: str) -> None:
    step = Step(run=script, env={"KEY": "${{ secrets.KEY }}"})
    assert "needs the secret KEY, which is not here" == needs_secret(step)


@pytest.mark.parametrize("script", NO_CHECKS)
def test_what_is_only_carried_outside_is_no_check(script: str) -> None:
    assert "" == needs_secret(Step(run=script, env={"KEY": "${{ secrets.KEY }}"}))


@pytest.mark.parametrize(
    "step",
    [
        Step(run="pytest"),
        Step(run="pytest", env={"KEY": "${{ secrets.KEY || 'none' }}"}),
        Step(run="pytest", env={"KEY": "${{ secrets.GITHUB_TOKEN }}"}),
        Step(run="pytest", env={"KEY": "${{ secrets.KEY }}"}, continue_on_error=True),
        Step(uses="codecov/codecov-action@v4", inputs={"token": "${{ secrets.KEY }}"}),
    ],
)
def test_what_can_do_without_is_not_asked_for(step: Step) -> None:
    assert "" == needs_secret(step)


def test_a_secret_in_the_script_itself() -> None:
    assert needs_secret(Step(run='test -n "${{ secrets.KEY }}" || exit 1'))
    assert not needs_secret(Step(run="twine upload -p ${{ secrets.KEY }} dist/*"))
