-- Columns are added to Flow and DuplicateFlow in place: copying them would rewrite the whole capture. Flows that are
-- there already get their pair when the capture is settled the next time.

-- AlterTable
ALTER TABLE "Endpoint" ADD COLUMN "observedIn" TEXT;
ALTER TABLE "Endpoint" ADD COLUMN "actorId" INTEGER;
ALTER TABLE "Endpoint" ADD COLUMN "addressId" INTEGER;

-- AlterTable
ALTER TABLE "Flow" ADD COLUMN "pairId" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "DuplicateFlow" ADD COLUMN "pairId" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "Pair" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" BIGINT NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "destinationId" INTEGER NOT NULL,
    "clientSide" INTEGER NOT NULL,
    "clientBy" TEXT NOT NULL,
    "serverPort" INTEGER,
    "protocol" TEXT,
    "clientId" INTEGER,
    "serverId" INTEGER
);

-- CreateTable
CREATE TABLE "Actor" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" TEXT NOT NULL,
    "workloadKey" TEXT NOT NULL,
    "namespaceKey" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "namespace" TEXT,
    "pod" TEXT,
    "workloadKind" TEXT,
    "workloadName" TEXT,
    "workloadBy" TEXT,
    "name" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Address" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "cluster" TEXT NOT NULL,
    "ipKey" TEXT NOT NULL,
    "ip" TEXT NOT NULL,
    "dnsName" TEXT,
    "cidr" TEXT
);

-- CreateIndex
CREATE UNIQUE INDEX "Pair_hash_key" ON "Pair"("hash");

-- CreateIndex
CREATE INDEX "Pair_clientId_idx" ON "Pair"("clientId");

-- CreateIndex
CREATE INDEX "Pair_serverId_idx" ON "Pair"("serverId");

-- CreateIndex
CREATE UNIQUE INDEX "Actor_key_key" ON "Actor"("key");

-- CreateIndex
CREATE INDEX "Actor_workloadKey_idx" ON "Actor"("workloadKey");

-- CreateIndex
CREATE INDEX "Actor_namespaceKey_idx" ON "Actor"("namespaceKey");

-- CreateIndex
CREATE UNIQUE INDEX "Address_cluster_ipKey_key" ON "Address"("cluster", "ipKey");
