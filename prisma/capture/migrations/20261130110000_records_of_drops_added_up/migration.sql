-- CreateTable
CREATE TABLE "DropRecordSum" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "policiesId" INTEGER,
    "causeId" INTEGER,
    "records" INTEGER NOT NULL,
    "events" INTEGER NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "attempts" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,
    "l7Errors" INTEGER NOT NULL,
    "drops" INTEGER NOT NULL
);

-- CreateIndex
CREATE INDEX "DropRecordSum_level_bucketNs_idx" ON "DropRecordSum"("level", "bucketNs");

