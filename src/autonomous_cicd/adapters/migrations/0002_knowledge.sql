-- What was diagnosed, each cause once, and what was learned of it.

CREATE TABLE diagnoses (
    position {key},
    project TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    times BIGINT NOT NULL,
    first_seen DOUBLE PRECISION NOT NULL,
    last_seen DOUBLE PRECISION NOT NULL,
    detail TEXT NOT NULL
);
CREATE UNIQUE INDEX diagnoses_by_cause ON diagnoses (project, fingerprint);
CREATE INDEX diagnoses_by_time ON diagnoses (last_seen);

CREATE TABLE lessons (
    position {key},
    fingerprint TEXT NOT NULL,
    category TEXT NOT NULL,
    teacher TEXT NOT NULL,
    learned DOUBLE PRECISION NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX lessons_by_cause ON lessons (fingerprint);
