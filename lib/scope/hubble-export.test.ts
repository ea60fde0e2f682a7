import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Filter, formatFilter, parseFilter } from "./filter";
import { parsePastedCommand } from "./hubble-command";
import { toHubbleObserve } from "./hubble-export";
import { anyTerm, RUNS, SEED } from "./testing";

function filterFrom(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

/** 2026-03-04T05:00:00Z. */
const FIVE = 1772600400_000000000n;
const SINCE = " --since 2026-03-04T05:00:00.000000000Z";

/** Keys whose terms can mean the same in two spellings; the command has one. */
const SAID_IN_SEVERAL_WAYS: ReadonlySet<string> = new Set([
  "encrypted",
  "unencrypted",
  "trace-point",
  "tcp-flags",
]);

describe("toHubbleObserve", () => {
  const exact: [filter: string, flags: string][] = [
    ["", ""],
    ["verdict:DROPPED,ERROR", " --verdict DROPPED --verdict ERROR"],
    ["from-pod:shop/web to-port:53", " --from-pod shop/web --to-port 53"],
    ["pod:web", " --pod /web"],
    ["!pod:shop/", " --not --pod shop/"],
    ["workload:Deployment/web,api", " --workload Deployment/web --workload api"],
    ["ip:10.0.0.0/8 protocol:dns", " --ip 10.0.0.0/8 --protocol dns"],
    [
      "type:drop:133,trace:to-endpoint,trace-sock:1,l7",
      " --type drop:133 --type trace:to-endpoint --type trace-sock:1 --type l7",
    ],
    ["traffic-direction:egress node-name:k8s*", " --traffic-direction egress --node-name 'k8s*'"],
    ["!port:53 !port:80", " --not --port 53 --not --port 80"],
    ['label:"app in (a,b)",!canary', " --label 'app in (a,b)' --label '!canary'"],
    ["to-identity:world,70000", " --to-identity world --to-identity 70000"],
    ["service:shop/api", " --service shop/api"],
    ["to-fqdn:*.example.com", " --to-fqdn '*.example.com'"],
    ["tcp-flags:SYN,ACK", " --tcp-flags SYN,ACK"],
    ["tcp-flags:SYN/RST,RST/ACK", " --tcp-flags RST --tcp-flags SYN,ACK"],
    ["encrypted:yes", " --encrypted"],
    ["encrypted:no", " --unencrypted"],
    ["!unencrypted:yes", " --not --unencrypted"],
    ["ip-version:v6,none", " --ip-version v6 --ip-version none"],
    ["http-status:5+,404 http-method:GET", " --http-status 5+ --http-status 404 --http-method GET"],
    ["http-header:x-tenant:blue", " --http-header x-tenant:blue"],
    ["trace-point:to-endpoint", " --type trace:to-endpoint"],
    [
      "!tcp-flags:SYN,ACK !http-header:a:b !interface:eth0 !encrypted:yes !identity:world !ip-version:v4",
      ` --denylist '{"tcp_flags":[{"SYN":true,"ACK":true}]}' --denylist '{"http_header":[{"key":"a","value":"b"}]}'` +
        ` --denylist '{"interface":[{"name":"eth0"}]}' --denylist '{"encrypted":[true]}' --denylist '{"source_identity":[2]}'` +
        ` --denylist '{"destination_identity":[2]}' --denylist '{"ip_version":["IPv4"]}'`,
    ],
    [
      "!protocol:dns !port:53,80",
      ` --denylist '{"protocol":["dns"]}' --denylist '{"source_port":["53","80"]}' --denylist '{"destination_port":["53","80"]}'`,
    ],
    [
      "!to-namespace:shop !type:drop:133 !from-workload:DaemonSet/",
      ` --denylist '{"destination_pod":["shop/"]}' --denylist '{"event_type":[{"type":1,"match_sub_type":true,"sub_type":133}]}'` +
        ` --denylist '{"source_workload":[{"kind":"DaemonSet"}]}'`,
    ],
  ];
  it.each(exact)("says %s in full", (text, flags) => {
    expect(toHubbleObserve(filterFrom(text), { from: FIVE })).toEqual({
      command: `hubble observe${flags}${SINCE}`,
      notes: [],
    });
  });

  const noted: [filter: string, flags: string, kinds: string[]][] = [
    ["reply:yes verdict:ERROR", " --verdict ERROR", ["left-out"]],
    ["namespace:shop,-", "", ["left-out"]],
    ["namespace:?", "", ["left-out"]],
    ["text:web", "", ["left-out"]],
    ["dns-query:example verdict:DROPPED", " --verdict DROPPED", ["left-out"]],
    ["policy:shop/a", "", ["left-out"]],
    ["http-header::path:/x", "", ["left-out"]],
    ["tcp-flags:SYN,?", "", ["left-out"]],
    ["encrypted:yes,no", "", ["left-out"]],
    ["service:shop/api$", " --service shop/api", ["differs"]],
    ["label:a from-label:b", " --label a --from-label b", ["refused"]],
    ["verdict:15", "", ["left-out"]],
    ["workload:shop/", "", ["left-out"]],
    ["port:80 port:443", " --port 80", ["left-out"]],
    ["pod:shop/web-1$", " --pod shop/web-1", ["differs"]],
    ["workload:shop/web", " --workload web", ["differs"]],
    ["pod:shop/a port:80", " --pod shop/a --port 80", ["differs"]],
    ["from-ip:10.0.0.1 from-pod:shop/a", " --from-ip 10.0.0.1 --from-pod shop/a", ["refused"]],
    ["from-namespace:shop from-pod:a", " --from-namespace shop --from-pod /a", ["differs"]],
  ];
  it.each(noted)("says %s with a note", (text, flags, kinds) => {
    const { command, notes } = toHubbleObserve(filterFrom(text), { from: FIVE });
    expect(command).toBe(`hubble observe${flags}${SINCE}`);
    expect(notes.map((note) => note.kind)).toEqual(kinds);
  });

  it("writes the end of the range and warns when there is no range", () => {
    expect(toHubbleObserve(filterFrom(""), { to: FIVE }).command).toBe(
      "hubble observe --until 2026-03-04T05:00:00.000000000Z",
    );
    expect(toHubbleObserve(filterFrom("")).notes).toMatchObject([{ kind: "differs" }]);
  });

  it("keeps hostile names inside one harmless word", () => {
    const { command } = toHubbleObserve(filterFrom('from-namespace:"$(reboot)\u001b[201~\n;reboot\'"'), {
      from: FIVE,
    });
    expect(command).toBe(
      `hubble observe --from-namespace $'$(reboot)\\U0000001b[201~\\U0000000a;reboot\\''${SINCE}`,
    );
  });

  it(`gives commands that are read back as the same filter, where nothing is noted (seed ${SEED})`, () => {
    let compared = 0;
    fc.assert(
      fc.property(anyTerm, (term) => {
        const { command, notes } = toHubbleObserve({ terms: [term] }, { from: FIVE });
        if (notes.length > 0 || command.includes("$'")) return;
        compared++;
        const pasted = parsePastedCommand(command);
        if (!pasted.ok) throw new Error(pasted.failure.message);
        if (SAID_IN_SEVERAL_WAYS.has(term.key))
          expect(toHubbleObserve(pasted.value.filter, { from: FIVE }).command).toBe(command);
        else expect(formatFilter(pasted.value.filter)).toBe(formatFilter({ terms: [term] }));
      }),
      { ...RUNS, numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
