-- AlterTable
ALTER TABLE "Observer" ADD COLUMN "nodeLabels" TEXT;

-- CreateTable
CREATE TABLE "FlowExtra" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "traceHash" BIGINT,
    "ipTraceId" BIGINT,
    "headersId" INTEGER,
    "variedHeaders" BLOB
);

