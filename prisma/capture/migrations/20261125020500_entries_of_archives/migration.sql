-- AlterTable
ALTER TABLE "SourceFile" ADD COLUMN "uploadId" INTEGER REFERENCES "SourceFile" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SourceFile" ADD COLUMN "aside" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "SourceFile" ADD COLUMN "firstAside" TEXT NOT NULL DEFAULT '[]';

-- CreateIndex
CREATE INDEX "SourceFile_uploadId_idx" ON "SourceFile"("uploadId");
