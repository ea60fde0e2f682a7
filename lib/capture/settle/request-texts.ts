import { Recent } from "@/lib/base/recent";
import { exchangeRoute } from "@/lib/insight/exchange-kind";
import type { Sqlite } from "../driver";
import { RouteTable } from "./routes";

const REMEMBERED = 40_000;
/** Exchanges come in the order of time, and texts were numbered as they came: the next ones are asked for next. */
const AHEAD = 256;
const PROTOCOLS = 4;

/** What requests are for, by ids of Text, and their routes: most requests are for what others asked for, too. */
export class RequestTexts {
  private readonly texts = new Recent<number, string>(REMEMBERED);
  /** By text and protocol; null where there is none. */
  private readonly routeIds = new Recent<number, number | null>(REMEMBERED);
  private readonly routes: RouteTable;

  constructor(private readonly database: Sqlite) {
    this.routes = new RouteTable(database);
  }

  read(id: number): string | undefined {
    return this.texts.get(id) ?? this.readAhead(id);
  }

  private readAhead(id: number): string | undefined {
    const rows = this.database
      .prepare(`SELECT id, value FROM Text WHERE id BETWEEN ?1 AND ?1 + ${AHEAD}`)
      .rows([id]);
    for (const [next, value] of rows) this.texts.set(Number(next), String(value));
    return this.texts.get(id);
  }

  /** The id of the route that a request for this counts by. `protocol`: of L7_PROTOCOL. */
  routeOf(id: number, protocol: number): number | null {
    const key = id * PROTOCOLS + protocol;
    let routeId = this.routeIds.get(key);
    if (routeId === undefined) {
      const route = exchangeRoute(protocol, this.read(id));
      routeId = route === undefined ? null : this.routes.idOf(route);
      this.routeIds.set(key, routeId);
    }
    return routeId;
  }
}
