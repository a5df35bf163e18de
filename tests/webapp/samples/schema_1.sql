BEGIN TRANSACTION;
CREATE TABLE log (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "log" VALUES('v1-first',1,0,'viewer-0a1b2c3d','{"type":"set_speed","speed":0.1}');
INSERT INTO "log" VALUES('v1-first',2,100000,'viewer-0a1b2c3d','{"type":"write","client":"A","key":"x","value":"apple","via":null}');
INSERT INTO "log" VALUES('v1-first',3,200000,'viewer-0a1b2c3d','{"type":"crash","node":"n2","disk":"kept"}');
INSERT INTO "log" VALUES('v1-first',4,299999,'viewer-0a1b2c3d','{"type":"configure","strategy":null,"n":null,"w":2,"r":null,"write_to":null,"read_from":null,"follower_reads":null,"versions":null,"read_repair":null,"sloppy":null,"suspect_after_us":null,"handoff_every_us":null,"gossip_every_us":null,"gossip_mode":null,"gossip_fanout":null,"gossip_digest":null,"failover_us":null,"timeout_us":null,"retries":null,"latency":null,"vnodes":null}');
INSERT INTO "log" VALUES('v1-first',5,399999,'viewer-0a1b2c3d','{"type":"read","client":"B","key":"x","via":null}');
INSERT INTO "log" VALUES('v1-first',6,499999,'viewer-0a1b2c3d','{"type":"pause"}');
INSERT INTO "log" VALUES('v1-first',7,499999,'viewer-0a1b2c3d','{"type":"write","client":"B","key":"x","value":"pear","via":null}');
INSERT INTO "log" VALUES('v1-first',8,501064,'viewer-0a1b2c3d','{"type":"step"}');
CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    engine_version INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    seed INTEGER NOT NULL,
    clock_us INTEGER NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;
INSERT INTO "rooms" VALUES('v1-first',2,'five-masters',42,501064,'2026-11-24 23:28:49');
INSERT INTO "rooms" VALUES('v1-second',2,'sleeping-node',7,0,'2026-11-24 23:28:49');
COMMIT;
PRAGMA user_version = 1;
