-- Ids of Attempt and L7Exchange are those of flows: no AUTOINCREMENT.
-- CreateTable
CREATE TABLE "Attempt" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "firstNs" BIGINT NOT NULL,
    "lastNs" BIGINT NOT NULL,
    "protocol" INTEGER NOT NULL,
    "clientAddressId" INTEGER NOT NULL,
    "serverAddressId" INTEGER NOT NULL,
    "clientPort" INTEGER NOT NULL,
    "serverPort" INTEGER NOT NULL,
    "records" INTEGER NOT NULL,
    "syns" INTEGER NOT NULL,
    "outcome" INTEGER NOT NULL,
    "flags" INTEGER NOT NULL,
    "verdict" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "L7Exchange" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "timeNs" BIGINT,
    "protocol" INTEGER NOT NULL,
    "routeId" INTEGER,
    "requests" INTEGER NOT NULL,
    "responses" INTEGER NOT NULL,
    "responseId" INTEGER,
    "twinId" INTEGER,
    "counted" INTEGER NOT NULL,
    "status" INTEGER,
    "grpcStatus" INTEGER,
    "denied" INTEGER NOT NULL,
    "error" INTEGER NOT NULL,
    "latencyNs" BIGINT,
    "latencyBy" INTEGER,
    "outcome" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Route" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "value" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "Attempt_clientAddressId_clientPort_firstNs_idx" ON "Attempt"("clientAddressId", "clientPort", "firstNs");

-- CreateIndex
CREATE UNIQUE INDEX "Route_value_key" ON "Route"("value");

