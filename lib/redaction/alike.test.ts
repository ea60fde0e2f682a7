import { describe, expect, it } from "vitest";
import { cutsOf } from "./alike";
import { MASK_KINDS } from "./kinds";
import { LeakCheck } from "./leak-check";
import { redact } from "./testing";

const UUIDS = ["0a1b2c3d-0000-4000-8000-00000000000", "0a1b2c3d-0000-4000-9000-00000000000"];

/** A record of the exporter; those with the same `more` are alike. */
function recordOf(
  n: number,
  more: Record<string, unknown> = {},
  around: Record<string, unknown> = {},
): string {
  const time = `2026-08-21T12:00:0${n}.00${n}Z`;
  const flow = {
    time,
    uuid: `${UUIDS[0]}${n}`,
    verdict: "FORWARDED",
    IP: { source: "10.0.0.1", destination: "10.0.0.2", ipVersion: "IPv4" },
    l4: { TCP: { source_port: 40_000 + n, destination_port: 443, flags: { SYN: true } } },
    source: { namespace: "payments", pod_name: "ledger-0" },
    ...more,
  };
  return JSON.stringify({ flow, node_name: "node-7", time, ...around });
}

/** The same, of a program that never meets two records alike. */
function oneByOne(lines: readonly string[]): string[] {
  return lines.map((line, at) => {
    const only = [...lines.slice(0, at), ...lines.slice(at + 1)].map((other) => other.replace("{", "{ "));
    // Blanks in the others keep them from being alike, and their values are learned all the same.
    return redact([...only.slice(0, at), line, ...only.slice(at)], MASK_KINDS).lines[at] ?? "";
  });
}

describe("records that are alike", () => {
  const hostile = { extensions: { time: "2026-08-21T12:00:01.001Z", uuid: `${UUIDS[1]}1`, source_port: 1 } };
  it.each<[string, (n: number) => string]>([
    ["plain", (n) => recordOf(n)],
    ["without a uuid", (n) => recordOf(n, { uuid: undefined })],
    ["with a time of another zone around", (n) => recordOf(n, {}, { time: "2026-08-21T14:00:00+02:00" })],
    ["with the same names elsewhere", (n) => recordOf(n, hostile)],
    [
      "with a uuid in vendor data alone",
      (n) => recordOf(n, { uuid: undefined, extensions: { uuid: `${UUIDS[1]}${n}` } }),
    ],
    ["with a time in vendor data alone", (n) => recordOf(n, { time: undefined, ...hostile })],
    [
      "with ports in a tunnel",
      (n) => recordOf(n, { l4: undefined, tunnel: { l4: { UDP: { source_port: n + 1 } } } }),
    ],
    ["with a text that looks like members", (n) => recordOf(n, { Summary: '"uuid":"x","time":"y"' })],
    ["with ports alone", (n) => recordOf(n, { l4: { UDP: { destination_port: 53 + n } } })],
  ])("%s become the lines that each would become by itself", (_, record) => {
    const lines = [1, 2, 3, 4].map(record);
    const { lines: masked, leaks } = redact(lines, MASK_KINDS);
    expect(masked).toEqual(oneByOne(lines));
    expect(leaks).toEqual([]);
    expect(new Set(masked).size).toBe(4);
  });

  it("have what is left when time, uuid and ports are taken out in common, and nothing else has", () => {
    const rest = (line: string) => cutsOf(line)?.rest;
    expect(rest(recordOf(1))).toBe(rest(recordOf(2)));
    expect(rest(recordOf(1))).not.toBe(rest(recordOf(1, { verdict: "DROPPED" })));
    expect(rest(recordOf(1))).not.toBe(rest(recordOf(1, { uuid: undefined })));
    expect(rest(recordOf(1, {}, { time: "2026-08-21T12:00:09Z" }))).toBeUndefined();
    expect(rest(recordOf(1, { Summary: 'a "word"' }))).toBeUndefined();
  });

  it("are searched: what is in the rest of one, and each uuid", () => {
    const { lines, mask } = redact(
      [1, 2].map((n) => recordOf(n)),
      MASK_KINDS,
    );
    const check = new LeakCheck(mask);
    expect(lines.map((line) => check.line(line))).toEqual([true, true]);
    const own = JSON.parse(lines[1] ?? "").flow.uuid;
    expect(check.line((lines[1] ?? "").replace(own, `${UUIDS[0]}2`))).toBe(false);
    expect(check.line((lines[1] ?? "").replace('"verdict":"FORWARDED"', '"verdict":"ledger-0"'))).toBe(false);
    expect(check.leaks.map(({ path, value }) => [path, value])).toEqual([
      ["flow.uuid", `${UUIDS[0]}2`],
      ["flow.verdict", "ledger-0"],
    ]);
  });
});
