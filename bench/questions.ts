/**
 * Questions over a settled capture, and the same asked of DuckDB over a flat, typed table of the same flows, in turn in one run.
 *
 * `node scripts/run-ts.mjs bench/questions.ts CAPTURE.db [--rounds 3] [--duckdb] [--flows] [--only WORDS] [--in SCOPE]`: the rival, and the same without
 * roll-ups, are left out unless asked for, because they take most of the time.
 *
 * Ours: the question as a reader thread answers it, nothing kept from earlier ones, the file in the system's cache. DuckDB: flat tables
 * in its memory, with everything settled in them (duckdb-flat.ts). Written down is wall time in milliseconds: the median
 * of the rounds. What DuckDB is not asked (`-`) has no counterpart in one statement.
 */

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { formatTime } from "@/lib/base/time";
import { openSqlite, type Sqlite } from "@/lib/capture/driver";
import { switchRollUps } from "@/lib/capture/roll-ups-ready";
import { OpenCapture } from "@/lib/questions/open-capture";
import { flatTables } from "./duckdb-flat";
import { commit, machine, median } from "./measure";
import { type Asked, LIST, type Question } from "./questions-asked";

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    in: { type: "string", default: "" },
    flows: { type: "boolean", default: false },
    duckdb: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const [file = ""] = positionals;
const rounds = Number(values.rounds);

interface Scope {
  readonly name: string;
  readonly q: string;
  readonly where: string;
  readonly range?: readonly [from: bigint, to: bigint];
}

/** About a dozen, of what the capture holds. */
function scopesOf(database: Sqlite): Scope[] {
  const span = database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow) AS first, (SELECT max(timeNs) FROM Flow) AS last")
    .get([]);
  const [first, last] = [span?.first as bigint, span?.last as bigint];
  const minute = 60_000_000_000n;
  const third = (last - first) / 3n;
  const aligned: Scope["range"] = [
    ((first + third) / (10n * minute)) * 10n * minute,
    ((first + 2n * third) / (10n * minute)) * 10n * minute,
  ];
  const cut: Scope["range"] = [first + third + 123_456_789n, first + 2n * third + 987_654_321n];
  const text = (sql: string): string => String(database.prepare(sql).rows([])[0]?.[0]);
  const server = text(
    "SELECT s.workloadKey FROM RollUp r JOIN Pair p ON p.id = r.pairId JOIN Actor s ON s.id = p.serverId WHERE r.level = 0 AND s.kind = 'pod' GROUP BY 1 ORDER BY sum(r.events) DESC LIMIT 1 OFFSET 2",
  );
  const namespace = server.split("/")[0] as string;
  const node = text("SELECT nodeName FROM Observer WHERE nodeName IS NOT NULL LIMIT 1");
  const podKey = text(
    `SELECT key FROM Actor WHERE kind = 'pod' AND workloadKey = '${server}' ORDER BY key LIMIT 1`,
  );
  return [
    { name: "whole", q: "", where: "true" },
    { name: "verdict", q: "verdict:DROPPED", where: "verdict = 'DROPPED'" },
    { name: "namespace", q: `server-namespace:${namespace}`, where: `server_namespace = '${namespace}'` },
    { name: "workload", q: `server:${server}`, where: `server = '${server}'` },
    { name: "server port", q: "server-port:8080", where: "server_port = 8080" },
    { name: "protocol", q: "protocol:dns", where: "l7 = 'dns'" },
    {
      name: "node",
      q: `node-name:${node.includes("/") ? node : `default/${node}`}`,
      where: `node = '${node}'`,
    },
    { name: "status", q: "http-status:5+", where: "status BETWEEN 500 AND 599" },
    { name: "pod", q: `server-pod:${podKey.split("@")[0]}`, where: `server_pod = '${podKey}'` },
    { name: "range, aligned", q: "", where: "true", range: aligned },
    { name: "range, cut", q: "", where: "true", range: cut },
    { name: "workload in range", q: `server:${server}`, where: `server = '${server}'`, range: aligned },
    { name: "drops", q: "drop:yes", where: "drops > 0" },
    { name: "client port", q: "from-port:40007", where: "source_port = 40007" },
    ...policyScopes(database),
  ];
}

/** The policy that most records name, and the one that dropped most. DuckDB is told which lists and causes name them. */
function policyScopes(database: Sqlite): Scope[] {
  const rows = (sql: string): string[][] =>
    database
      .prepare(sql)
      .rows([])
      .map((row) => row.map(String));
  const lists = rows(
    `SELECT t.value, t.id, count(*) FROM Flow f JOIN Text t ON t.id = f.policiesId GROUP BY 2 ORDER BY 3 DESC`,
  );
  const causes = rows(
    "SELECT c.policies, c.causeId FROM Cause c JOIN JoinedDrop j ON j.causeId = c.id WHERE c.policies <> '[]' GROUP BY c.id ORDER BY sum(j.drops) DESC",
  );
  const scope = (name: string, [text = ""]: readonly string[] = []): Scope[] => {
    const policy = /"name":"([^"]+)"/.exec(text)?.[1];
    if (policy === undefined) return [];
    const naming = (all: readonly string[][]): string[] =>
      all.filter(([names = ""]) => names.includes(`"name":"${policy}"`)).map(([, id = ""]) => id);
    const where = [
      `policies_id IN (${[0, ...naming(lists)].join(", ")})`,
      `cause IN (${["", ...naming(causes)].map((id) => `'${id}'`).join(", ")})`,
    ];
    return [{ name, q: `policy:${policy}`, where: `coalesce(${where.join(" OR ")}, false)` }];
  };
  return [...scope("policy", lists[0]), ...scope("denying policy", causes[0])];
}

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Took {
  readonly wall: number;
  /** Processor time: a machine that others use, too, says little by its clock. */
  readonly cpu: number;
}

const NOTHING: Took = { wall: 0, cpu: 0 };

async function measured(work: () => unknown): Promise<Took> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const used = process.cpuUsage(before);
  return { wall: performance.now() - started, cpu: (used.user + used.system) / 1000 };
}

async function ours({ ask }: Question, scope: Asked): Promise<Took> {
  const opened = OpenCapture.open(file);
  if (!opened.ok) throw new Error(opened.failure.message);
  const capture = opened.value;
  capture.ask((open) => open.meta("events"));
  const took = await measured(() => {
    const answer = capture.ask((open) => ask(open, scope)) as { ok: boolean; failure?: { message: string } };
    if (!answer.ok) throw new Error(answer.failure?.message);
  });
  capture.close();
  // The driver gives a connection's cache back when its statements are collected.
  collectGarbage();
  return took;
}

/** Milliseconds that the project allows (issue "Quick"). */
function goalOf(question: Question, scope: Scope): number {
  if (scope.name === "client port") return 2000;
  if (question.name === "page of flows") return 150;
  return scope.name === "pod" || scope.name === "range, cut" ? 300 : 150;
}

const database = openSqlite(file, { readOnly: true });
const flows = database.prepare("SELECT count(*) AS n FROM Flow").get([])?.n;
const scopes = scopesOf(database).filter(({ name }) => name.includes(values.in));
const duck = values.duckdb ? await flatTables(database) : undefined;
console.log(
  `machine ${machine()}, load ${loadavg()[0]?.toFixed(0)}; commit ${commit()}; ${flows} flows; ms (processor time in brackets), medians of ${rounds} rounds`,
);
console.log(
  "| question | scope | roll-ups | goal | flows only | DuckDB | ratio of processor time |\n| --- | --- | --- | --- | --- | --- | --- |",
);
const took: Took[] = [];
const ratios = new Map<string, number[]>();
let missed = 0;
for (const question of LIST.filter(({ name }) => name.includes(values.only))) {
  for (const scope of question.name === "report" ? scopes.slice(0, 1) : scopes) {
    const [from, to] = scope.range ?? [];
    const asked: Asked = {
      q: scope.q,
      ...(from !== undefined && { from: formatTime(from) }),
      ...(to !== undefined && { to: formatTime(to) }),
    };
    const where = `${scope.where}${from === undefined ? "" : ` AND time >= ${from}`}${to === undefined ? "" : ` AND time < ${to}`}`;
    const sql = question.duck?.(where, 120_000_000_000n);
    const times: { on: Took; off: Took; duck: Took }[] = [];
    for (let round = 0; round < rounds; round++) {
      switchRollUps(true);
      const on = await ours(question, asked);
      switchRollUps(false);
      const off = values.flows ? await ours(question, asked) : NOTHING;
      const theirs =
        duck === undefined || sql === undefined ? NOTHING : await measured(() => duck.runAndReadAll(sql));
      times.push({ on, off, duck: theirs });
    }
    const of = (which: "on" | "off" | "duck"): Took => ({
      wall: median(times.map((one) => one[which].wall)),
      cpu: median(times.map((one) => one[which].cpu)),
    });
    const shown = (which: "on" | "off" | "duck"): string =>
      of(which).wall === 0 ? "-" : `${of(which).wall.toFixed(0)} (${of(which).cpu.toFixed(0)})`;
    took.push(of("on"));
    const goal = goalOf(question, scope);
    if (of("on").cpu > goal) missed++;
    const ratio = of("duck").cpu === 0 ? "-" : (of("on").cpu / of("duck").cpu).toFixed(1);
    if (ratio !== "-")
      ratios.set(question.name, [...(ratios.get(question.name) ?? []), of("on").cpu / of("duck").cpu]);
    console.log(
      `| ${question.name} | ${scope.name} | ${shown("on")} | ${goal}${of("on").cpu > goal ? ", **missed**" : ""} | ${shown("off")} | ${shown("duck")} | ${ratio} |`,
    );
  }
}
for (const which of ["wall", "cpu"] as const) {
  const sorted = took.map((one) => one[which]).sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
  console.log(`${which}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`);
}
if (ratios.size > 0) {
  console.log(
    "\n| question | at most DuckDB's processor time | median ratio | largest |\n| --- | --- | --- | --- |",
  );
  for (const [name, all] of ratios)
    console.log(
      `| ${name} | ${all.filter((ratio) => ratio <= 1).length} of ${all.length} | ${median(all).toFixed(1)} | ${Math.max(...all).toFixed(1)} |`,
    );
  const all = [...ratios.values()].flat();
  console.log(
    `at most DuckDB's processor time: ${all.filter((ratio) => ratio <= 1).length} of ${all.length}`,
  );
}
console.log(`${missed} of ${took.length} miss their goal in processor time`);
