-- AlterTable
ALTER TABLE "AttemptSum" ADD COLUMN "series" TEXT;

-- AlterTable
ALTER TABLE "DnsSum" ADD COLUMN "latencySeries" TEXT;
ALTER TABLE "DnsSum" ADD COLUMN "series" TEXT;

-- AlterTable
ALTER TABLE "RequestSum" ADD COLUMN "series" TEXT;

-- AlterTable
ALTER TABLE "SumLevel" ADD COLUMN "first" BIGINT;

