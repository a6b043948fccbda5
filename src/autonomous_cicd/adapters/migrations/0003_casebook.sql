-- What was healed, what was done about it, and what helped.

CREATE TABLE incidents (
    position {key},
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    state TEXT NOT NULL,
    opened DOUBLE PRECISION NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX incidents_by_project ON incidents (project, position);

CREATE TABLE intents (
    name TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    incident TEXT NOT NULL,
    begun DOUBLE PRECISION NOT NULL,
    confirmed DOUBLE PRECISION
);
CREATE INDEX intents_by_time ON intents (project, begun);

CREATE TABLE audit (
    position {key},
    noted DOUBLE PRECISION NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    incident TEXT NOT NULL,
    project TEXT NOT NULL,
    detail TEXT NOT NULL
);

CREATE TABLE records (
    remedy TEXT NOT NULL,
    category TEXT NOT NULL,
    tries BIGINT NOT NULL,
    successes BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    reverted BIGINT NOT NULL,
    PRIMARY KEY (remedy, category)
);
