-- CreateTable
CREATE TABLE "ResolvedAttempt" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "dnsId" INTEGER NOT NULL,
    "ageNs" BIGINT NOT NULL,
    "expired" INTEGER
);

-- CreateIndex
CREATE INDEX "ResolvedAttempt_dnsId_idx" ON "ResolvedAttempt"("dnsId");

