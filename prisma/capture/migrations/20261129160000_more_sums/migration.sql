-- DropIndex
DROP INDEX "DnsExchange_answerId_idx";

-- AlterTable
ALTER TABLE "MarkedSum" ADD COLUMN "answerDestinationId" INTEGER;
ALTER TABLE "MarkedSum" ADD COLUMN "answerKindId" INTEGER;
ALTER TABLE "MarkedSum" ADD COLUMN "answerObserverId" INTEGER;
ALTER TABLE "MarkedSum" ADD COLUMN "answerPairId" INTEGER;
ALTER TABLE "MarkedSum" ADD COLUMN "answerSourceId" INTEGER;
ALTER TABLE "MarkedSum" ADD COLUMN "serviceId" INTEGER;

-- CreateTable
CREATE TABLE "LookupSum" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "level" INTEGER NOT NULL,
    "bucketNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "lookup" INTEGER NOT NULL,
    "queryId" INTEGER,
    "serverAddressId" INTEGER NOT NULL,
    "outcome" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "ttlSeconds" INTEGER,
    "ageNs" BIGINT
);

-- CreateTable
CREATE TABLE "Translation" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "serviceId" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "FlowBucket" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "bucketNs" BIGINT,
    "firstCombination" INTEGER NOT NULL,
    "sums" BLOB NOT NULL,
    "times" BLOB NOT NULL,
    "anchors" TEXT
);

-- CreateTable
CREATE TABLE "PortBucket" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "bucketNs" BIGINT,
    "firstCombination" INTEGER NOT NULL,
    "lists" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "Combination" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "pairId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL
);

-- CreateIndex
CREATE INDEX "LookupSum_level_bucketNs_idx" ON "LookupSum"("level", "bucketNs");

-- CreateIndex
CREATE INDEX "DnsExchange_answerId_answeredNs_idx" ON "DnsExchange"("answerId", "answeredNs");
