-- AlterTable
ALTER TABLE "DuplicateFlow" ADD COLUMN "exchangeKey" BIGINT;

-- AlterTable
ALTER TABLE "Flow" ADD COLUMN "exchangeKey" BIGINT;

-- AlterTable
ALTER TABLE "Kind" ADD COLUMN "grpc" INTEGER;
ALTER TABLE "Kind" ADD COLUMN "grpcStatus" INTEGER;

