-- Numbered, never changed once released. {key} stands for the dialect's numbering column.

CREATE TABLE projects (
    key {key},
    path TEXT NOT NULL UNIQUE
);

CREATE TABLE runs (
    key {key},
    id TEXT NOT NULL UNIQUE,
    project BIGINT NOT NULL,
    status TEXT NOT NULL,
    started DOUBLE PRECISION NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    beat DOUBLE PRECISION NOT NULL,
    cancelled BOOLEAN NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX runs_by_time ON runs (started, key);
CREATE INDEX runs_by_project ON runs (project, started, key);
CREATE INDEX runs_alive ON runs (beat) WHERE status = 'running';

CREATE TABLE tasks (
    position {key},
    run BIGINT NOT NULL,
    project BIGINT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    started DOUBLE PRECISION NOT NULL,
    cached BOOLEAN NOT NULL,
    optional BOOLEAN NOT NULL,
    exit_code BIGINT,
    cpu_seconds DOUBLE PRECISION NOT NULL,
    peak_memory BIGINT NOT NULL,
    reason TEXT NOT NULL,
    log_key TEXT NOT NULL,
    detail TEXT NOT NULL,
    log BYTEA
);
CREATE UNIQUE INDEX tasks_by_name ON tasks (run, name);
CREATE INDEX tasks_timed ON tasks (project, name, position, seconds) WHERE status = 'passed' AND NOT cached;

CREATE TABLE samples (
    position {key},
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    taken DOUBLE PRECISION NOT NULL
);
CREATE INDEX samples_by_name ON samples (project, name, position);

CREATE TABLE approvals (
    project TEXT NOT NULL,
    environment TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    given DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (project, environment, commit_id)
);

CREATE TABLE upkeep (
    pruned DOUBLE PRECISION NOT NULL
);
INSERT INTO upkeep VALUES (0);
