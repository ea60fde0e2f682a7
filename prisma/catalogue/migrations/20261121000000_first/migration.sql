-- CreateTable
CREATE TABLE "Capture" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "files" INTEGER NOT NULL DEFAULT 0,
    "flows" BIGINT NOT NULL DEFAULT 0,
    "events" BIGINT NOT NULL DEFAULT 0,
    "nodes" INTEGER NOT NULL DEFAULT 0,
    "first" TEXT,
    "last" TEXT,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "problem" TEXT
);

-- CreateIndex
CREATE INDEX "Capture_createdAtMs_idx" ON "Capture"("createdAtMs");

