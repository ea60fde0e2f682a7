-- CreateTable
CREATE TABLE "AttemptSum" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "outcome" INTEGER NOT NULL,
    "flags" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "lengths" TEXT
);

-- CreateTable
CREATE TABLE "RequestSum" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "protocol" INTEGER NOT NULL,
    "routeId" INTEGER,
    "status" INTEGER,
    "grpcStatus" INTEGER,
    "denied" INTEGER NOT NULL,
    "error" INTEGER NOT NULL,
    "outcome" INTEGER NOT NULL,
    "latencyBy" INTEGER,
    "answered" INTEGER NOT NULL,
    "atMost" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,
    "responses" INTEGER NOT NULL,
    "weight" INTEGER NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "latencies" TEXT
);

-- CreateTable
CREATE TABLE "DropSum" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "causeId" INTEGER,
    "certain" INTEGER NOT NULL,
    "atMost" INTEGER NOT NULL,
    "drops" INTEGER NOT NULL,
    "events" INTEGER NOT NULL,
    "tries" INTEGER,
    "firstNs" BIGINT,
    "lastNs" BIGINT
);

-- CreateTable
CREATE TABLE "MarkedSum" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "mark" INTEGER NOT NULL,
    "causeId" INTEGER,
    "policiesId" INTEGER,
    "events" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "DnsSum" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "groupId" INTEGER NOT NULL,
    "answerId" INTEGER,
    "asIs" INTEGER,
    "isFirst" INTEGER,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "answerKindId" INTEGER,
    "answerObserverId" INTEGER,
    "answerPairId" INTEGER,
    "answerSourceId" INTEGER,
    "answerDestinationId" INTEGER,
    "n" INTEGER NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "latencies" TEXT
);

-- CreateTable
CREATE TABLE "SumLevel" (
    "level" INTEGER NOT NULL PRIMARY KEY,
    "widthNs" BIGINT
);

-- CreateIndex
CREATE INDEX "AttemptSum_level_bucketNs_idx" ON "AttemptSum"("level", "bucketNs");

-- CreateIndex
CREATE INDEX "RequestSum_level_bucketNs_idx" ON "RequestSum"("level", "bucketNs");

-- CreateIndex
CREATE INDEX "DropSum_level_bucketNs_idx" ON "DropSum"("level", "bucketNs");

-- CreateIndex
CREATE INDEX "MarkedSum_level_bucketNs_idx" ON "MarkedSum"("level", "bucketNs");

-- CreateIndex
CREATE INDEX "DnsSum_level_bucketNs_idx" ON "DnsSum"("level", "bucketNs");

