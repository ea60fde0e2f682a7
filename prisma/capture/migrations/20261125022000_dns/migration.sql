-- AlterTable
ALTER TABLE "OtherRecord" ADD COLUMN "lostFromNs" BIGINT;
ALTER TABLE "OtherRecord" ADD COLUMN "lostToNs" BIGINT;

-- CreateTable
CREATE TABLE "DnsExchange" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "requestId" INTEGER,
    "responseId" INTEGER,
    "askedNs" BIGINT,
    "answeredNs" BIGINT,
    "clientId" INTEGER NOT NULL,
    "serverId" INTEGER NOT NULL,
    "queryId" INTEGER,
    "qtypes" TEXT,
    "rcode" INTEGER,
    "state" INTEGER NOT NULL,
    "latencyNs" BIGINT,
    "latencyBucket" INTEGER,
    "noData" INTEGER,
    "answerId" INTEGER,
    "retryOf" INTEGER,
    "secondHop" INTEGER NOT NULL DEFAULT 0,
    "suffixLabels" INTEGER,
    "asIs" INTEGER,
    "isFirst" INTEGER,
    "requests" INTEGER NOT NULL,
    "responses" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "DnsAnswer" (
    "textId" INTEGER NOT NULL,
    "ipKey" TEXT NOT NULL,
    "ttlSeconds" INTEGER,

    PRIMARY KEY ("ipKey", "textId")
);

-- CreateTable
CREATE TABLE "DnsSuffix" (
    "cluster" TEXT NOT NULL,
    "suffix" TEXT NOT NULL,
    "kind" TEXT NOT NULL,

    PRIMARY KEY ("cluster", "suffix")
);

-- CreateIndex
CREATE INDEX "DnsExchange_askedNs_id_idx" ON "DnsExchange"("askedNs", "id");

-- CreateIndex
CREATE INDEX "DnsExchange_responseId_idx" ON "DnsExchange"("responseId");


-- CreateIndex
CREATE INDEX "DnsExchange_answerId_idx" ON "DnsExchange"("answerId");
