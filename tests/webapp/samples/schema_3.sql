BEGIN TRANSACTION;
CREATE TABLE class_log (
        class TEXT NOT NULL REFERENCES classes (id),
        seq INTEGER NOT NULL,
        wall_ms INTEGER NOT NULL,
        actor TEXT NOT NULL,
        room TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (class, seq)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "class_log" VALUES('v3-class',1,1700000000800,'owner','v3-stage',0,'{"type":"opened","title":"Quorums","room":"v3-stage"}');
INSERT INTO "class_log" VALUES('v3-class',2,1700000000800,'m1','v3-stage',0,'{"type":"joined","member":"m1","name":"Anna"}');
INSERT INTO "class_log" VALUES('v3-class',3,1700000000800,'m2','v3-stage',0,'{"type":"joined","member":"m2","name":"Ben"}');
INSERT INTO "class_log" VALUES('v3-class',4,1700000000800,'owner','v3-stage',0,'{"type":"asked","poll":"q1","choices":["old","new"],"question":"Which value?"}');
INSERT INTO "class_log" VALUES('v3-class',5,1700000000800,'m1','v3-stage',0,'{"type":"answered","poll":"q1","member":"m1","choice":1}');
INSERT INTO "class_log" VALUES('v3-class',6,1700000000800,'m2','v3-stage',0,'{"type":"hand","member":"m2","up":true}');
INSERT INTO "class_log" VALUES('v3-class',7,1700000000800,'owner','v3-stage',0,'{"type":"revealed","poll":"q1","right":1}');
INSERT INTO "class_log" VALUES('v3-class',8,1700000000800,'owner','v3-stage',0,'{"type":"switched","mode":"own_copy","room":"v3-stage","at_us":0,"seq":0}');
INSERT INTO "class_log" VALUES('v3-class',9,1700000000800,'m1','v3-stage',0,'{"type":"placed","member":"m1","room":"v3-copy"}');
CREATE TABLE class_runs (
        id TEXT PRIMARY KEY,
        class TEXT NOT NULL REFERENCES classes (id),
        outline TEXT NOT NULL
    ) STRICT;
INSERT INTO "class_runs" VALUES('v3-replay','v3-class','{"quorumscope_outline":1,"moments":[{"kind":"began","room":"v3-sealed","at_us":0,"after_ms":0},{"kind":"question","poll":{"question":"Which value?","choices":["old","new"],"slug":null,"step":null,"counts":[0,1],"right":1},"room":"v3-sealed","at_us":0,"after_ms":0},{"kind":"revealed","room":"v3-sealed","at_us":0,"after_ms":0},{"kind":"mode","mode":"own_copy","hands":"clients","groups":1,"room":"v3-sealed","at_us":0,"after_ms":0}]}');
CREATE TABLE classes (
        id TEXT PRIMARY KEY,
        code TEXT UNIQUE,
        created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) STRICT;
INSERT INTO "classes" VALUES('v3-class','CODE22','2026-11-27 16:30:23');
CREATE TABLE log (
        room TEXT NOT NULL REFERENCES rooms (id),
        seq INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        actor TEXT NOT NULL,
        command TEXT NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "log" VALUES('v3-branch',1,0,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple"}');
INSERT INTO "log" VALUES('v3-branch',2,200,'viewer-0a1b2c3d','{"type":"crash","node":"n2"}');
INSERT INTO "log" VALUES('v3-branch',3,399,'viewer-0a1b2c3d','{"type":"write","client":"B","key":"x","value":"Grüße 🙂"}');
INSERT INTO "log" VALUES('v3-branch',4,600,'viewer-0a1b2c3d','{"type":"pause"}');
INSERT INTO "log" VALUES('v3-branch',5,600,'viewer-0a1b2c3d','{"type":"crash","node":"n1"}');
INSERT INTO "log" VALUES('v3-shared',1,0,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple"}');
INSERT INTO "log" VALUES('v3-shared',2,200,'viewer-0a1b2c3d','{"type":"crash","node":"n2"}');
INSERT INTO "log" VALUES('v3-shared',3,399,'viewer-0a1b2c3d','{"type":"write","client":"B","key":"x","value":"Grüße 🙂"}');
INSERT INTO "log" VALUES('v3-shared',4,600,'viewer-0a1b2c3d','{"type":"pause"}');
INSERT INTO "log" VALUES('v3-first',1,0,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple"}');
INSERT INTO "log" VALUES('v3-first',2,200,'viewer-0a1b2c3d','{"type":"crash","node":"n2"}');
INSERT INTO "log" VALUES('v3-first',3,399,'viewer-0a1b2c3d','{"type":"write","client":"B","key":"x","value":"Grüße 🙂"}');
INSERT INTO "log" VALUES('v3-first',4,600,'viewer-0a1b2c3d','{"type":"pause"}');
CREATE TABLE rooms (
        id TEXT PRIMARY KEY,
        engine_version INTEGER NOT NULL,
        scenario TEXT NOT NULL,
        seed INTEGER NOT NULL,
        clock_us INTEGER NOT NULL,
        created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    , root TEXT NOT NULL DEFAULT '', parent TEXT REFERENCES rooms (id), forked_us INTEGER, name TEXT, sealed INTEGER NOT NULL DEFAULT 0, class_id TEXT REFERENCES classes (id)) STRICT;
INSERT INTO "rooms" VALUES('v3-first',2,'five-masters',42,600,'2026-11-27 16:30:23','v3-first',NULL,NULL,NULL,0,NULL);
INSERT INTO "rooms" VALUES('v3-branch',2,'five-masters',42,600,'2026-11-27 16:30:23','v3-first','v3-first',600,'n1 down',0,NULL);
INSERT INTO "rooms" VALUES('v3-shared',2,'five-masters',42,600,'2026-11-27 16:30:23','v3-shared',NULL,NULL,NULL,1,NULL);
INSERT INTO "rooms" VALUES('v3-stage',2,'five-masters',8536715724981199,0,'2026-11-27 16:30:23','v3-stage',NULL,NULL,NULL,0,'v3-class');
INSERT INTO "rooms" VALUES('v3-copy',2,'five-masters',8536715724981199,0,'2026-11-27 16:30:23','v3-copy',NULL,NULL,NULL,0,'v3-class');
INSERT INTO "rooms" VALUES('v3-sealed',2,'five-masters',8536715724981199,0,'2026-11-27 16:30:23','v3-sealed',NULL,NULL,NULL,1,'v3-class');
CREATE TABLE secrets (name TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT;
INSERT INTO "secrets" VALUES('class keys',X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB');
CREATE INDEX rooms_of_a_family ON rooms (root);
CREATE INDEX runs_of_a_class ON class_runs (class);
CREATE INDEX rooms_of_a_class ON rooms (class_id) WHERE class_id IS NOT NULL;
COMMIT;
PRAGMA user_version = 3;
