import { Recent } from "@/lib/base/recent";
import type { Sqlite } from "../driver";

const REMEMBERED = 50_000;

/** Routes by their text, with ids of the table Route. */
export class RouteTable {
  private readonly known = new Recent<string, number>(REMEMBERED);

  constructor(private readonly database: Sqlite) {}

  idOf(value: string): number {
    const known = this.known.get(value);
    if (known !== undefined) return known;
    const { database } = this;
    database.prepare("INSERT OR IGNORE INTO Route (value) VALUES (?)").run([value]);
    const id = Number(database.prepare("SELECT id FROM Route WHERE value = ?").get([value])?.id);
    this.known.set(value, id);
    return id;
  }
}

/** Routes that no exchange has any more. */
export function sweepRoutes(database: Sqlite): void {
  database.exec(
    "DELETE FROM Route WHERE id NOT IN (SELECT routeId FROM L7Exchange WHERE routeId IS NOT NULL)",
  );
}
