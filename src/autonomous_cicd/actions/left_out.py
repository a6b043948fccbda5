"""Actions that are left out, and whether a job means less without them."""

from __future__ import annotations

from autonomous_cicd.plugins import ActionCall, ActionOutcome, action

__all__ = ["HARMLESS", "MEANT", "Harmless", "Meant"]

UPLOAD = "sends results to a service outside"
PUBLISH = "would publish"
COMMENT = "would comment or change something at the code host"
ANALYSIS = "is an analysis by a service outside"
SPEED = "only makes a hosted job faster or watches it"

HARMLESS = {
    "codecov/*": UPLOAD,
    "coverallsapp/*": UPLOAD,
    "codacy/*": UPLOAD,
    "qltysh/*": UPLOAD,
    "deepsourcelabs/*": UPLOAD,
    "paambaati/codeclimate-action": UPLOAD,
    "actions/upload-pages-artifact": UPLOAD,
    "actions/attest": UPLOAD,
    "actions/attest-build-provenance": UPLOAD,
    "actions/attest-sbom": UPLOAD,
    "dorny/test-reporter": COMMENT,
    "enricomi/publish-unit-test-result-action": COMMENT,
    "mikepenz/action-junit-report": COMMENT,
    "pytest-dev/pytest-github-actions-annotate-failures": COMMENT,
    "py-cov-action/python-coverage-comment-action": COMMENT,
    "marocchino/sticky-pull-request-comment": COMMENT,
    "peter-evans/create-or-update-comment": COMMENT,
    "peter-evans/create-pull-request": COMMENT,
    "actions/labeler": COMMENT,
    "actions/stale": COMMENT,
    "actions/first-interaction": COMMENT,
    "actions/add-to-project": COMMENT,
    "actions/create-release": PUBLISH,
    "actions/upload-release-asset": PUBLISH,
    "softprops/action-gh-release": PUBLISH,
    "ncipollo/release-action": PUBLISH,
    "release-drafter/release-drafter": PUBLISH,
    "google-github-actions/release-please-action": PUBLISH,
    "googleapis/release-please-action": PUBLISH,
    "pypa/gh-action-pypi-publish": PUBLISH,
    "actions/deploy-pages": PUBLISH,
    "actions/configure-pages": PUBLISH,
    "peaceiris/actions-gh-pages": PUBLISH,
    "jamesives/github-pages-deploy-action": PUBLISH,
    "docker/login-action": PUBLISH,
    "changesets/action": PUBLISH,
    "sigstore/*": PUBLISH,
    "slackapi/slack-github-action": COMMENT,
    "8398a7/action-slack": COMMENT,
    "github/codeql-action": ANALYSIS,
    "ossf/scorecard-action": ANALYSIS,
    "sonarsource/*": ANALYSIS,
    "snyk/*": ANALYSIS,
    "fossas/*": ANALYSIS,
    "actions/dependency-review-action": ANALYSIS,
    "codspeedhq/*": ANALYSIS,
    "step-security/harden-runner": SPEED,
    "swatinem/rust-cache": SPEED,
    "styfle/cancel-workflow-action": SPEED,
    "jlumbroso/free-disk-space": SPEED,
    "endbug/latest-tag": SPEED,
    "mxschmitt/action-tmate": SPEED,
    "actions/cache-apt-pkgs-action": SPEED,
    "insightsengineering/disk-space-reclaimer": SPEED,
    "easimon/maximize-build-space": SPEED,
    "webfactory/ssh-agent": SPEED,
}
"""Actions whose absence cannot change what the following steps do, and what they are for."""

CONTAINER = "needs a container engine"
OUTSIDE = "needs an account of a service outside"
MACHINE = "would change this machine"

MEANT = {
    "actions/github-script": "runs a script against the code host's API, which is not called from here",
    "docker/*": CONTAINER,
    "helm/*": CONTAINER,
    "aws-actions/*": OUTSIDE,
    "azure/*": OUTSIDE,
    "google-github-actions/*": OUTSIDE,
    "awalsh128/cache-apt-pkgs-action": MACHINE,
    "tecolicom/actions-use-apt-tools": MACHINE,
    "browser-actions/*": MACHINE,
    "conda-incubator/setup-miniconda": "installs conda, which is not done here",
    "mamba-org/setup-micromamba": "installs conda, which is not done here",
}
"""Actions that following steps may depend on, and why they are not carried out."""


@action
class Harmless:
    """Leaves out what no later step can miss."""

    names = tuple(HARMLESS)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Say what the action is for."""
        return ActionOutcome(skipped=self.decline(call.uses), harmless=True)

    def decline(self, uses: str) -> str:
        """Say the same before the run."""
        return _reason(uses, HARMLESS)


@action
class Meant:
    """Leaves out what later steps may miss."""

    names = tuple(MEANT)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Say why it is not carried out."""
        return ActionOutcome(skipped=self.decline(call.uses))

    def decline(self, uses: str) -> str:
        """Say the same before the run."""
        return _reason(uses, MEANT)


def _reason(uses: str, table: dict[str, str]) -> str:
    name = uses.partition("@")[0].lower()
    parts = name.split("/")
    for length in range(len(parts), 1, -1):
        if reason := table.get("/".join(parts[:length])):
            return f"{name} {reason}"
    return f"{name} {table[f'{parts[0]}/*']}"
