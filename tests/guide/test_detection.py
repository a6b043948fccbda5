"""Guide 5: "Error Detection and Classification". Quoted; only the import differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_cicd import ErrorDetector

# fmt: off


async def test_error_detection(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The missing module is the root cause; that pip failed to install it only followed."""
    monkeypatch.chdir(sample)

    # Initialize error detector
    error_detector = ErrorDetector(enable_learning=True)

    # Detect errors in log content
    log_content = """
    2024-01-15 10:30:45 ERROR: ModuleNotFoundError: No module named 'requests'
    2024-01-15 10:30:46 INFO: Attempting to install missing dependency
    2024-01-15 10:30:50 ERROR: pip install failed with exit code 1
    """

    errors = await error_detector.detect_errors(
        log_content=log_content,
        context={"pipeline_id": "pipeline_123", "stage": "setup"}
    )

    for error in errors:
        print(f"Error: {error.error_message}")
        print(f"Category: {error.classification.category}")
        print(f"Severity: {error.classification.severity}")
        print(f"Suggested healing: {error.classification.suggested_healing}")

    # fmt: on
    root = errors[0]
    assert "No module named 'requests'" in root.error_message
    assert "dependency_missing" == root.classification.category
    assert "high" == root.classification.severity
    assert "dependency_update" == root.classification.suggested_healing[0]
    assert 0.8 <= root.classification.confidence
    assert "setup" == root.failure.place.step
    assert {"pipeline_id": "pipeline_123", "stage": "setup"} == root.context
    assert "Category: dependency_missing" in capsys.readouterr().out


async def test_a_green_log_has_no_errors(sample: Path) -> None:
    """However often it says so."""
    detector = ErrorDetector(project_path=sample)
    log = "collecting errors.py\n0 errors, 0 failed\n==== 12 passed in 0.5s ====\n"
    assert [] == await detector.detect_errors(log_content=log)


async def test_whoever_knows_that_it_failed_is_believed(sample: Path) -> None:
    """Then the last lines are pointed to, and it is called unknown."""
    detector = ErrorDetector(project_path=sample)
    log = "starting\nstopped in the middle\n"
    errors = await detector.detect_errors(log_content=log, context={"failed": True})
    assert ["unknown"] == [error.classification.category for error in errors]
    assert "stopped in the middle" == errors[0].error_message
