"""Coverage, read from what tools write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.coverage import percent_in_file, percent_in_log


@pytest.mark.parametrize(
    ("name", "text", "percent"),
    [
        ("coverage.xml", '<?xml version="1.0" ?>\n<coverage version="7" line-rate="0.875" x="y">', 87.5),
        ("coverage.xml", '<coverage line-rate="1..0">', None),
        ("coverage.xml", "<coverage>", None),
        ("clover.xml", '<project><metrics statements="8" x="1" coveredstatements="6"/>', 75.0),
        ("clover.xml", '<project><metrics statements="0" coveredstatements="0"/>', None),
        ("coverage.json", '{"totals": {"percent_covered": 91.234}}', 91.23),
        ("coverage-summary.json", '{"total": {"lines": {"total": 4, "pct": 50}}}', 50.0),
        ("coverage-summary.json", '{"total": {"lines": {"pct": true}}}', None),
        ("coverage.json", '{"totals": [1]}', None),
        ("coverage.json", "[" * 100_000, None),
        ("coverage.json", "nonsense", None),
        ("lcov.info", "SF:a\nLF:10\nLH:9\nend_of_record\nSF:b\nLF:10\nLH:1\n", 50.0),
        ("lcov.info", "SF:a\n", None),
    ],
)
def test_files(name: str, text: str, percent: float | None) -> None:
    assert percent == percent_in_file(name, text)


@pytest.mark.parametrize(
    ("log", "percent"),
    [
        ("a.py  10  1  90%\nTOTAL   20   1   4   1    95%\n", 95.0),
        ("TOTAL 1 1 10%\n... again ...\nTOTAL 1 1 20.5%\n", 20.5),
        ("File      | % Stmts | % Branch\nAll files |   87.5 |   80 |\n", 87.5),
        ("# all files | 66.67 | 50.00 |\n", 66.67),
        ("ok  example 0.1s\ncoverage: 81.2% of statements\n", 81.2),
        ("8 passed, 100% done\n", None),
    ],
)
def test_logs(log: str, percent: float | None) -> None:
    assert percent == percent_in_log(log)


@given(st.sampled_from(["coverage.xml", "coverage.json", "lcov.info"]), st.text())
def test_any_text_is_read_or_not_but_never_raises(name: str, text: str) -> None:
    value = percent_in_file(name, text)
    assert value is None or isinstance(value, float)
