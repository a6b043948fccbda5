-- What the world told us, each delivery once, and who works on which.

CREATE TABLE deliveries (
    position {key},
    id TEXT NOT NULL UNIQUE,
    repository TEXT NOT NULL,
    work TEXT NOT NULL,
    progress TEXT NOT NULL,
    received DOUBLE PRECISION NOT NULL,
    due DOUBLE PRECISION NOT NULL,
    tries BIGINT NOT NULL,
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    expires DOUBLE PRECISION NOT NULL,
    cancelled BOOLEAN NOT NULL,
    ended DOUBLE PRECISION NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX deliveries_waiting ON deliveries (due, position, work) WHERE progress = 'waiting';
CREATE INDEX deliveries_under_way ON deliveries (work) WHERE progress = 'working';
CREATE INDEX deliveries_by_repository ON deliveries (repository, position);
CREATE INDEX deliveries_by_progress ON deliveries (progress, position);

CREATE TABLE turns (
    turn BIGINT NOT NULL
);
INSERT INTO turns VALUES (0);
