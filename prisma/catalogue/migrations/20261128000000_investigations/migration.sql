-- CreateTable
CREATE TABLE "Investigation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "captureId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "notes" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "edition" INTEGER NOT NULL DEFAULT 0,
    "createdAtMs" BIGINT NOT NULL,
    "updatedAtMs" BIGINT NOT NULL
);

-- CreateIndex
CREATE INDEX "Investigation_captureId_idx" ON "Investigation"("captureId");

-- CreateIndex
CREATE INDEX "Investigation_updatedAtMs_idx" ON "Investigation"("updatedAtMs");
