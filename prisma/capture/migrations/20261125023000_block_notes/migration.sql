-- AlterTable
ALTER TABLE "RawBlock" ADD COLUMN "notes" TEXT;

