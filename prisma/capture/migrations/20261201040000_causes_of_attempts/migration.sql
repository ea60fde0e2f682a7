-- AlterTable
ALTER TABLE "AttemptSum" ADD COLUMN "causeId" INTEGER;

