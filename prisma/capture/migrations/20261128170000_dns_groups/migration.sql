-- CreateTable
CREATE TABLE "DnsGroup" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "clientId" INTEGER NOT NULL,
    "serverId" INTEGER NOT NULL,
    "queryId" INTEGER,
    "qtypes" TEXT,
    "rcode" INTEGER,
    "state" INTEGER NOT NULL,
    "noData" INTEGER,
    "answers" INTEGER,
    "observerId" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,
    "responses" INTEGER NOT NULL,
    "suffixLabels" INTEGER,
    "retry" INTEGER NOT NULL,
    "secondHop" INTEGER NOT NULL
);

-- AlterTable
ALTER TABLE "DnsExchange" ADD COLUMN "groupId" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "DnsExchange_groupId_latencyBucket_askedNs_idx" ON "DnsExchange"("groupId", "latencyBucket", "askedNs");
