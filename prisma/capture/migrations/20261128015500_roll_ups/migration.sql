-- Ids of RollUp and levels are given by SQLite or by us: no AUTOINCREMENT.
-- CreateTable
CREATE TABLE "RollUp" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "records" INTEGER NOT NULL,
    "events" INTEGER NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "attempts" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,
    "l7Errors" INTEGER NOT NULL,
    "drops" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "RollUpLevel" (
    "level" INTEGER NOT NULL PRIMARY KEY,
    "widthNs" BIGINT
);

-- CreateIndex
CREATE INDEX "RollUp_level_bucketNs_idx" ON "RollUp"("level", "bucketNs");
