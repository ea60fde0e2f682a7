-- CreateTable
CREATE TABLE "LoosePort" (
    "port" INTEGER NOT NULL PRIMARY KEY
);
