"""Statements: the plain SQL of the store, which SQLite and PostgreSQL understand alike."""

from __future__ import annotations

__all__ = [
    "APPROVE",
    "APPROVED",
    "DURATIONS",
    "NEWEST",
    "NEWEST_OF_PROJECT",
    "ONE_RUN",
    "SAMPLES",
    "SAVE_PROJECT",
    "SAVE_RUN",
    "SAVE_SAMPLE",
    "SAVE_TASK",
    "TASKS",
]

SAVE_PROJECT = "INSERT INTO projects (path) VALUES (?) ON CONFLICT DO NOTHING"

SAVE_RUN = """
INSERT INTO runs (id, project, status, started, seconds, beat, cancelled, detail)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    project = excluded.project, status = excluded.status, started = excluded.started,
    seconds = excluded.seconds, detail = excluded.detail
"""
"""Replaces a run, but neither its last beat nor the wish to end it."""

SAVE_TASK = """
INSERT INTO tasks (
    run, project, name, status, seconds, started, cached, optional, exit_code, cpu_seconds, peak_memory,
    reason, log_key, detail, log
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, name) DO UPDATE SET
    status = excluded.status, seconds = excluded.seconds, started = excluded.started,
    cached = excluded.cached, optional = excluded.optional, exit_code = excluded.exit_code,
    cpu_seconds = excluded.cpu_seconds, peak_memory = excluded.peak_memory, reason = excluded.reason,
    log_key = excluded.log_key, detail = excluded.detail, log = excluded.log
"""
"""Replaces a task where it stands, so that the order of the tasks is kept."""

SAVE_SAMPLE = "INSERT INTO samples (project, name, value, taken) VALUES (?, ?, ?, ?)"

ONE_RUN = "SELECT key, id, status, started, seconds, detail FROM runs WHERE id = ?"

NEWEST = """
SELECT key, id, status, started, seconds, detail FROM runs ORDER BY started DESC, key DESC LIMIT ?
"""

NEWEST_OF_PROJECT = """
SELECT key, id, status, started, seconds, detail FROM runs
WHERE project = (SELECT key FROM projects WHERE path = ?)
ORDER BY started DESC, key DESC LIMIT ?
"""

TASKS = """
SELECT name, status, seconds, started, cached, optional, exit_code, cpu_seconds, peak_memory,
    reason, log_key, detail
FROM tasks WHERE run = ? ORDER BY position
"""

DURATIONS = """
WITH RECURSIVE names (name) AS (
    SELECT min(name) FROM tasks WHERE project = ? AND status = 'passed' AND NOT cached
    UNION ALL
    SELECT (
        SELECT min(tasks.name) FROM tasks
        WHERE project = ? AND tasks.name > names.name AND status = 'passed' AND NOT cached
    ) FROM names WHERE names.name IS NOT NULL
)
SELECT name, (
    SELECT {joined} FROM (
        SELECT seconds FROM tasks
        WHERE project = ? AND tasks.name = names.name AND status = 'passed' AND NOT cached
        ORDER BY position DESC LIMIT ?
    ) AS newest
) FROM names WHERE name IS NOT NULL
"""
"""Jumps from name to name in the index `tasks_timed`, so that it reads no more rows than it needs."""

SAMPLES = "SELECT value FROM samples WHERE project = ? AND name = ? ORDER BY position DESC LIMIT ?"

APPROVE = "INSERT INTO approvals VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

APPROVED = "SELECT 1 FROM approvals WHERE project = ? AND environment = ? AND commit_id = ?"
