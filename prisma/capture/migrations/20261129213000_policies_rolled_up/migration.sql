-- AlterTable
ALTER TABLE "AttemptSum" ADD COLUMN "policiesId" INTEGER;
ALTER TABLE "Combination" ADD COLUMN "policiesId" INTEGER;
ALTER TABLE "DnsSum" ADD COLUMN "answerPoliciesId" INTEGER;
ALTER TABLE "DnsSum" ADD COLUMN "policiesId" INTEGER;
ALTER TABLE "DropSum" ADD COLUMN "policiesId" INTEGER;
ALTER TABLE "LookupSum" ADD COLUMN "policiesId" INTEGER;
ALTER TABLE "MarkedSum" ADD COLUMN "answerPoliciesId" INTEGER;
ALTER TABLE "RequestSum" ADD COLUMN "policiesId" INTEGER;
ALTER TABLE "RollUp" ADD COLUMN "policiesId" INTEGER;
