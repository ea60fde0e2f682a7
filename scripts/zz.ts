import { openSqlite } from "@/lib/capture/driver";
import { pairOldFlows } from "@/lib/capture/settle/old-flows";
import { nameActors, linkPairs } from "@/lib/capture/settle/actors";
import { turnDirections } from "@/lib/capture/settle/directions";
const d=openSqlite("/tmp/drops-cap/captures/benchcapture.db");
for(const [n,f] of Object.entries({pairOldFlows,nameActors,turnDirections,linkPairs})){const t=performance.now();d.transaction(()=>f(d));console.log(n,(performance.now()-t).toFixed(0),'ms');}
for(const q of ["SELECT clientBy, count(*) n FROM Flow f JOIN Pair p ON p.id=f.pairId GROUP BY 1","SELECT count(*) n FROM Pair","SELECT kind,count(*) n FROM Actor GROUP BY 1","SELECT key,workloadKey,workloadBy FROM Actor WHERE kind<>'pod' OR workloadBy<>'record' LIMIT 60", "SELECT count(*) n FROM Flow", "SELECT count(*) n FROM Endpoint"]) console.table(d.prepare(q).all([]));
