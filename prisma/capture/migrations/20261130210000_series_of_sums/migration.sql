-- AlterTable
ALTER TABLE "AttemptSum" ADD COLUMN "series" TEXT;

-- AlterTable
ALTER TABLE "DnsSum" ADD COLUMN "latencySeries" TEXT;
ALTER TABLE "DnsSum" ADD COLUMN "series" TEXT;

-- AlterTable
ALTER TABLE "RequestSum" ADD COLUMN "series" TEXT;

-- AlterTable
ALTER TABLE "SumLevel" ADD COLUMN "first" BIGINT;

-- CreateIndex
CREATE INDEX "FlowBucket_bucketNs_idx" ON "FlowBucket"("bucketNs");

-- CreateIndex
CREATE INDEX "PortBucket_bucketNs_idx" ON "PortBucket"("bucketNs");

