"""What has become of the tables, step by step. The first three steps were once versions of the SQLite file alone."""

REVISIONS = ("0001", "0002", "0003", "0004")
HEAD = REVISIONS[-1]
