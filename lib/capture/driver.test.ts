import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { testFolder } from "@/lib/jobs/testing";
import { freeDropped, openSqlite, type Sqlite, type SqlValue } from "./driver";

function open(file = path.join(testFolder(), "a.db"), options?: Parameters<typeof openSqlite>[1]): Sqlite {
  const database = openSqlite(file, options);
  onTestFinished(() => database.close());
  return database;
}

function opened(): Sqlite {
  const database = open();
  database.exec("CREATE TABLE A (v INTEGER)");
  return database;
}

function stored(value: SqlValue): SqlValue | undefined {
  const database = opened();
  database.prepare("INSERT INTO A VALUES (?)").run([value]);
  return database.prepareExact("SELECT v FROM A").get([])?.v;
}

describe("values in the store", () => {
  it.each<readonly [string, SqlValue, unknown]>([
    ["the largest integer", 2n ** 63n - 1n, 2n ** 63n - 1n],
    ["the smallest integer", -(2n ** 63n), -(2n ** 63n)],
    ["an integer beyond 2^53", 9007199254740993n, 9007199254740993n],
    ["a whole number in a column for integers", 5, 5n],
    ["minus zero in a column for integers", -0, 0n],
    ["none", null, null],
    ["an empty text", "", ""],
    ["text of every plane", "é名😀", "é名😀"],
  ])("come back: %s", (_name, value, expected) => {
    expect(stored(value)).toBe(expected);
  });

  it("come back as bytes", () => {
    expect([...(stored(Uint8Array.of(0, 255, 10)) as Uint8Array)]).toEqual([0, 255, 10]);
  });

  it("are refused beyond 64 bits, so that callers bound them", () => {
    expect(() => stored(2n ** 64n)).toThrow();
  });

  it("lose what stands behind a NUL, so that callers replace it", () => {
    expect(stored("a\u0000b")).toBe("a");
  });
});

describe("a transaction", () => {
  it("is kept when its work returns", () => {
    const database = opened();
    expect(database.transaction(() => database.prepare("INSERT INTO A VALUES (1)").run([]).changes)).toBe(1);
    expect(database.prepare("SELECT count(*) AS n FROM A").get([])?.n).toBe(1);
  });

  it("is undone when its work throws, and another can begin", () => {
    const database = opened();
    const failing = () =>
      database.transaction(() => {
        database.prepare("INSERT INTO A VALUES (1)").run([]);
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(database.prepare("SELECT count(*) AS n FROM A").get([])?.n).toBe(0);
    database.transaction(() => database.prepare("INSERT INTO A VALUES (2)").run([]));
    expect(database.prepare("SELECT v FROM A").get([])?.v).toBe(2);
  });
});

describe("statements", () => {
  it("are found again however many there are", () => {
    const database = opened();
    database.prepare("INSERT INTO A VALUES (?)").run([7]);
    for (let i = 0; i < 500; i++)
      expect(database.prepare(`SELECT v + ${i} AS v FROM A`).get([])?.v).toBe(7 + i);
    expect(database.prepare("SELECT v + 0 AS v FROM A").get([])?.v).toBe(7);
  });

  it("see a table that was changed behind them", () => {
    const database = opened();
    const statement = database.prepare("SELECT * FROM A");
    expect(statement.all([])).toEqual([]);
    database.exec("ALTER TABLE A ADD COLUMN w DEFAULT 3; INSERT INTO A (v) VALUES (1)");
    expect(statement.rows([])).toEqual([[1, 3]]);
  });
});

describe("opening", () => {
  it("makes a file, unless it must be there", () => {
    const folder = testFolder();
    expect(() => openSqlite(path.join(folder, "a.db"), { mustExist: true })).toThrow();
    expect(() => openSqlite(path.join(folder, "a.db"), { readOnly: true })).toThrow();
    expect(existsSync(path.join(folder, "a.db"))).toBe(false);
    open(path.join(folder, "a.db"));
    expect(existsSync(path.join(folder, "a.db"))).toBe(true);
  });

  it("takes a path as it is, whatever its characters mean in an address", () => {
    const file = path.join(testFolder(), "a b?#%41&mode=ro.db");
    open(file).exec("CREATE TABLE A (v)");
    expect(existsSync(file)).toBe(true);
  });

  it("for reading only allows no writing, and sees what others write", () => {
    const file = path.join(testFolder(), "a.db");
    const writer = open(file);
    writer.exec("CREATE TABLE A (v)");
    const reader = open(file, { readOnly: true });
    expect(reader.prepare("SELECT count(*) AS n FROM A").get([])?.n).toBe(0);
    expect(() => reader.prepare("INSERT INTO A VALUES (1)").run([])).toThrow(/readonly/);
    expect(() => reader.exec("DROP TABLE A")).toThrow(/readonly/);
    writer.exec("INSERT INTO A VALUES (1)");
    expect(reader.prepare("SELECT count(*) AS n FROM A").get([])?.n).toBe(1);
  });
});

describe("what is called before each statement", () => {
  it("can keep it from running, and the connection goes on", () => {
    let isStopped = false;
    const database = open(undefined, {
      beforeStatement: () => {
        if (isStopped) throw new Error("stopped");
      },
    });
    database.exec("CREATE TABLE A (v INTEGER)");
    const insert = database.prepare("INSERT INTO A VALUES (?)");
    insert.run([1]);
    isStopped = true;
    expect(() => insert.run([2])).toThrow("stopped");
    const all = database.prepare("SELECT v FROM A");
    expect(() => all.all([])).toThrow("stopped");
    expect(() => all.get([])).toThrow("stopped");
    expect(() => all.rows([])).toThrow("stopped");
    isStopped = false;
    expect(all.rows([])).toEqual([[1]]);
  });
});

it("frees statements that were dropped, when they are many", async () => {
  const database = open();
  const ask = (from: number, to: number): void => {
    for (let n = from; n < to; n++) database.prepare(`SELECT ${n}`).rows([]);
  };
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const others = Array.from({ length: 100 }, (_, n) => new WeakRef(database.prepare(`SELECT 'other ${n}'`)));
  const areThere = (): number => others.filter((other) => other.deref() !== undefined).length;
  ask(0, 1000);
  // What is looked at stays until the next turn.
  expect(areThere()).toBe(100);
  await nextTurn();
  ask(1000, 1300);
  expect(freeDropped()).toBe(true);
  await nextTurn();
  expect(areThere()).toBe(0);
  expect(freeDropped()).toBe(false);
});
