-- AlterTable
ALTER TABLE "JoinedDrop" ADD COLUMN "l7TextId" INTEGER;
