-- AlterTable
ALTER TABLE "Capture" ADD COLUMN "drops" BIGINT;

