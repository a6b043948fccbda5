-- Notices that wait to be sent, and those that were: nothing is told twice within a while.

CREATE TABLE notices (
    position {key},
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    kept DOUBLE PRECISION NOT NULL,
    due DOUBLE PRECISION NOT NULL,
    tries BIGINT NOT NULL,
    ended DOUBLE PRECISION NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX notices_waiting ON notices (due) WHERE ended = 0;
CREATE INDEX notices_by_name ON notices (channel, name, kept);
CREATE INDEX notices_ended ON notices (ended) WHERE ended > 0
