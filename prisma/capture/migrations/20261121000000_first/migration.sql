-- Ids of Flow, DuplicateFlow, OtherRecord, RawBlock, Capture and Revision are given by the program: without
-- AUTOINCREMENT, which would cost a write to another table per statement.

-- CreateTable
CREATE TABLE "Capture" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "captureId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "formatVersion" INTEGER NOT NULL,
    "programVersion" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "SourceFile" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "addedAtMs" BIGINT NOT NULL,
    "receivedBytes" BIGINT NOT NULL DEFAULT 0,
    "unpackedBytes" BIGINT NOT NULL DEFAULT 0,
    "packing" TEXT NOT NULL DEFAULT 'plain',
    "read" BIGINT NOT NULL DEFAULT 0,
    "accepted" BIGINT NOT NULL DEFAULT 0,
    "duplicate" BIGINT NOT NULL DEFAULT 0,
    "otherKinds" BIGINT NOT NULL DEFAULT 0,
    "refused" BIGINT NOT NULL DEFAULT 0,
    "events" BIGINT NOT NULL DEFAULT 0,
    "formats" TEXT NOT NULL DEFAULT '{}',
    "refusedBy" TEXT NOT NULL DEFAULT '{}',
    "firstNs" BIGINT,
    "lastNs" BIGINT,
    "firstBlock" INTEGER,
    "endBlock" INTEGER,
    "spool" TEXT,
    "failureCode" TEXT,
    "failure" TEXT
);

-- CreateTable
CREATE TABLE "Refusal" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "fileId" INTEGER NOT NULL,
    "line" BIGINT NOT NULL,
    "offset" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "excerpt" TEXT NOT NULL,
    CONSTRAINT "Refusal_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "SourceFile" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Revision" (
    "number" INTEGER NOT NULL PRIMARY KEY,
    "createdAtMs" BIGINT NOT NULL,
    "change" TEXT NOT NULL,
    "fileId" INTEGER,
    "rulesVersion" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "RawBlock" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "fileId" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "rawBytes" INTEGER NOT NULL,
    "records" INTEGER NOT NULL,
    "firstLine" BIGINT NOT NULL,
    "places" BLOB NOT NULL,
    "data" BLOB NOT NULL,
    CONSTRAINT "RawBlock_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "SourceFile" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Kind" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" BIGINT NOT NULL,
    "format" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "eventType" INTEGER,
    "eventSubType" INTEGER,
    "trafficDirection" TEXT NOT NULL,
    "isReply" INTEGER,
    "protocol" TEXT,
    "tcpFlags" TEXT,
    "icmpType" INTEGER,
    "icmpCode" INTEGER,
    "ipVersion" TEXT,
    "encrypted" INTEGER,
    "dropReason" TEXT,
    "dropCode" INTEGER,
    "policyMatchType" INTEGER,
    "observationPoint" TEXT,
    "traceReason" TEXT,
    "authType" TEXT,
    "capturePoint" TEXT,
    "socketPoint" TEXT,
    "l7Type" TEXT,
    "l7Protocol" TEXT,
    "httpMethod" TEXT,
    "httpProtocol" TEXT,
    "httpCode" INTEGER,
    "dnsRcode" INTEGER,
    "dnsQtypes" TEXT,
    "kafkaErrorCode" INTEGER,
    "kafkaApiKey" TEXT,
    "aggregated" INTEGER NOT NULL,
    "present" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Observer" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" BIGINT NOT NULL,
    "nodeName" TEXT,
    "interfaceIndex" INTEGER,
    "interfaceName" TEXT
);

-- CreateTable
CREATE TABLE "Endpoint" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" BIGINT NOT NULL,
    "localId" INTEGER,
    "identity" INTEGER,
    "cluster" TEXT,
    "namespace" TEXT,
    "pod" TEXT,
    "workloadKind" TEXT,
    "workloadName" TEXT,
    "labels" TEXT,
    "ip" TEXT,
    "ipKey" TEXT,
    "ipXlated" TEXT,
    "names" TEXT,
    "serviceName" TEXT,
    "serviceNamespace" TEXT
);

-- CreateTable
CREATE TABLE "Text" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" BIGINT NOT NULL,
    "value" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Flow" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "timeNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "sourcePort" INTEGER,
    "destinationPort" INTEGER,
    "l7TextId" INTEGER,
    "dnsAnswerId" INTEGER,
    "policiesId" INTEGER,
    "latencyNs" BIGINT,
    "events" INTEGER NOT NULL,
    "hash" BIGINT NOT NULL,
    "occurrence" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "DuplicateFlow" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "timeNs" BIGINT,
    "kindId" INTEGER NOT NULL,
    "observerId" INTEGER NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "sourcePort" INTEGER,
    "destinationPort" INTEGER,
    "l7TextId" INTEGER,
    "dnsAnswerId" INTEGER,
    "policiesId" INTEGER,
    "latencyNs" BIGINT,
    "events" INTEGER NOT NULL,
    "hash" BIGINT NOT NULL,
    "occurrence" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "OtherRecord" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "timeNs" BIGINT,
    "observerId" INTEGER NOT NULL,
    "lostEvents" BIGINT,
    "detail" TEXT NOT NULL,
    "hash" BIGINT NOT NULL,
    "occurrence" INTEGER NOT NULL,
    "duplicate" INTEGER NOT NULL DEFAULT 0
);

-- CreateIndex
CREATE INDEX "Refusal_fileId_id_idx" ON "Refusal"("fileId", "id");

-- CreateIndex
CREATE INDEX "RawBlock_fileId_idx" ON "RawBlock"("fileId");

-- CreateIndex
CREATE UNIQUE INDEX "Kind_hash_key" ON "Kind"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "Observer_hash_key" ON "Observer"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "Endpoint_hash_key" ON "Endpoint"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "Text_hash_key" ON "Text"("hash");

-- CreateIndex
CREATE INDEX "Flow_timeNs_id_kindId_events_idx" ON "Flow"("timeNs", "id", "kindId", "events");

-- CreateIndex
CREATE INDEX "Flow_hash_occurrence_idx" ON "Flow"("hash", "occurrence");

-- CreateIndex
CREATE INDEX "DuplicateFlow_hash_occurrence_idx" ON "DuplicateFlow"("hash", "occurrence");

-- CreateIndex
CREATE INDEX "OtherRecord_kind_timeNs_idx" ON "OtherRecord"("kind", "timeNs");

-- CreateIndex
CREATE INDEX "OtherRecord_hash_occurrence_idx" ON "OtherRecord"("hash", "occurrence");

