BEGIN TRANSACTION;
CREATE TABLE log (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "log" VALUES('v2-branch',1,0,'viewer-0a1b2c3d','{"type":"set_speed","speed":0.1}');
INSERT INTO "log" VALUES('v2-branch',2,100000,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple"}');
INSERT INTO "log" VALUES('v2-branch',3,100000,'viewer-0a1b2c3d','{"type":"crash","node":"n1"}');
INSERT INTO "log" VALUES('v2-first',1,0,'viewer-0a1b2c3d','{"type":"set_speed","speed":0.1}');
INSERT INTO "log" VALUES('v2-first',2,100000,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple"}');
INSERT INTO "log" VALUES('v2-shared',1,0,'viewer-0a1b2c3d','{"type":"set_speed","speed":0.1}');
INSERT INTO "log" VALUES('v2-shared',2,100000,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple"}');
CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    engine_version INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    seed INTEGER NOT NULL,
    clock_us INTEGER NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    root TEXT NOT NULL DEFAULT '',
    parent TEXT REFERENCES rooms (id),
    forked_us INTEGER,
    name TEXT,
    sealed INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "rooms" VALUES('v2-first',2,'five-masters',42,501064,'2026-11-25 20:11:02','v2-first',NULL,NULL,'as it was',0);
INSERT INTO "rooms" VALUES('v2-branch',2,'five-masters',42,200000,'2026-11-25 20:12:40','v2-first','v2-first',100000,'n1 down',0);
INSERT INTO "rooms" VALUES('v2-shared',2,'five-masters',42,100000,'2026-11-25 20:13:05','v2-shared',NULL,NULL,NULL,1);
CREATE INDEX rooms_of_a_family ON rooms (root);
COMMIT;
PRAGMA user_version = 2;
