"""The tables that every data file has, whatever records it holds.

Records stand in one table for each object (`sf_Contact`, `pd_prospects`), made by the two vendors' catalogues. Times
in these tables are Unix seconds of the emulator's clock.
"""

FORMAT = 4

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE switch (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sf_object (name TEXT PRIMARY KEY COLLATE NOCASE, position INTEGER NOT NULL, definition TEXT NOT NULL);
CREATE TABLE sf_field (
    object TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE, position INTEGER NOT NULL,
    definition TEXT NOT NULL, PRIMARY KEY (object, name)
) WITHOUT ROWID;
CREATE TABLE token (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, parent TEXT, expires_at REAL,
    revoked INTEGER NOT NULL DEFAULT 0, scope TEXT NOT NULL, issued_at REAL
) WITHOUT ROWID;
CREATE TABLE authorization_code (
    code TEXT PRIMARY KEY, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL, challenge TEXT, expires_at REAL NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE query_cursor (
    id TEXT PRIMARY KEY, statement TEXT NOT NULL, include_deleted INTEGER NOT NULL, page_size INTEGER NOT NULL,
    total INTEGER NOT NULL, row_numbers BLOB NOT NULL, opened_at REAL NOT NULL, finished INTEGER NOT NULL DEFAULT 0,
    child INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE usage (
    system TEXT NOT NULL, day TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (system, day)
) WITHOUT ROWID;
CREATE TABLE minted (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE import_batch (
    import_id INTEGER NOT NULL, n INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (import_id, n)
);
CREATE TABLE import_error (
    import_id INTEGER NOT NULL, n INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (import_id, n)
);
CREATE TABLE export_file (
    export_id INTEGER NOT NULL, n INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (export_id, n)
);
CREATE TABLE bulk_job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, object TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL,
    user_id TEXT NOT NULL, version TEXT NOT NULL, external_id TEXT, statement TEXT, delimiter TEXT NOT NULL,
    line_ending TEXT NOT NULL, created_at REAL NOT NULL, changed_at REAL NOT NULL, due REAL NOT NULL,
    processed INTEGER NOT NULL, failed INTEGER NOT NULL, seconds REAL NOT NULL, error TEXT, locks TEXT
) WITHOUT ROWID;
CREATE INDEX bulk_job_due ON bulk_job (due);
CREATE TABLE bulk_upload (job_id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE bulk_line (
    job_id TEXT NOT NULL, part TEXT NOT NULL, n INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (job_id, part, n)
) WITHOUT ROWID;
CREATE TABLE fault (
    n INTEGER PRIMARY KEY AUTOINCREMENT, spec TEXT NOT NULL, skip INTEGER NOT NULL, remaining INTEGER,
    met INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE request_log (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, system TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, query TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, status INTEGER,
    answer BLOB NOT NULL,
    api_calls INTEGER NOT NULL, seconds REAL NOT NULL, request TEXT NOT NULL
);
CREATE INDEX request_log_request ON request_log (request);
CREATE TABLE write_log (
    n INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL, system TEXT NOT NULL, object TEXT NOT NULL,
    record_id TEXT NOT NULL, action TEXT NOT NULL, fields TEXT NOT NULL, before TEXT NOT NULL
);
CREATE TABLE record_lock (record_id TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE recycle_bin (
    record_id TEXT PRIMARY KEY, object TEXT NOT NULL, root TEXT NOT NULL, deleted_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX recycle_bin_root ON recycle_bin (root);
CREATE INDEX recycle_bin_deleted ON recycle_bin (deleted_at);
CREATE INDEX write_log_request ON write_log (request);
"""
