-- Ids of JoinedDrop are those of flows: without AUTOINCREMENT. CauseFlow is nothing but its key: WITHOUT ROWID.

-- CreateTable
CREATE TABLE "JoinedDrop" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "timeNs" BIGINT,
    "verdictId" INTEGER,
    "drops" INTEGER NOT NULL,
    "kindId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "policiesId" INTEGER,
    "certain" INTEGER NOT NULL,
    "noise" INTEGER NOT NULL,
    "atMost" INTEGER NOT NULL,
    "opens" INTEGER NOT NULL,
    "causeId" INTEGER
);

-- CreateTable
CREATE TABLE "Cause" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "causeId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "direction" TEXT,
    "reason" TEXT,
    "code" INTEGER,
    "policies" TEXT NOT NULL DEFAULT '[]',
    "clientKey" TEXT,
    "serverKey" TEXT,
    "port" INTEGER,
    "protocol" TEXT,
    "subject" TEXT,
    "class" INTEGER NOT NULL,
    "clients" INTEGER NOT NULL,
    "attempts" INTEGER,
    "count" INTEGER NOT NULL,
    "unit" TEXT NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "workedNs" BIGINT,
    "worksNs" BIGINT,
    "rhythmNs" BIGINT,
    "certain" INTEGER NOT NULL,
    "exampleId" INTEGER NOT NULL,
    "evidence" TEXT NOT NULL DEFAULT '{}',
    "position" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "CauseFlow" (
    "causeId" INTEGER NOT NULL,
    "flowId" INTEGER NOT NULL,

    PRIMARY KEY ("causeId", "flowId")
) WITHOUT ROWID;

-- CreateIndex
CREATE INDEX "JoinedDrop_timeNs_idx" ON "JoinedDrop"("timeNs");

-- CreateIndex
CREATE INDEX "JoinedDrop_causeId_timeNs_idx" ON "JoinedDrop"("causeId", "timeNs");

-- CreateIndex
CREATE INDEX "JoinedDrop_verdictId_idx" ON "JoinedDrop"("verdictId");

-- CreateIndex
CREATE UNIQUE INDEX "Cause_causeId_key" ON "Cause"("causeId");

-- CreateIndex
CREATE INDEX "Cause_kind_position_idx" ON "Cause"("kind", "position");

-- CreateIndex
CREATE INDEX "CauseFlow_flowId_idx" ON "CauseFlow"("flowId");
