-- When the code host was last asked what we missed of a repository.

CREATE TABLE looks (
    repository TEXT PRIMARY KEY,
    looked DOUBLE PRECISION NOT NULL
);
