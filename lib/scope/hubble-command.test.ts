import { describe, expect, it } from "vitest";
import { formatFilter } from "./filter";
import { looksLikeCommand, parsePastedCommand, readFilterInput } from "./hubble-command";

describe("parsePastedCommand", () => {
  const cases: [command: string, filter: string][] = [
    ["hubble observe", ""],
    [
      "hubble observe --from-pod shop/web --verdict DROPPED --not --to-port 53",
      "from-pod:shop/web verdict:DROPPED !to-port:53",
    ],
    // A pod without namespace is one of `default`, unless the command says otherwise.
    ["hubble observe --pod foo", "pod:default/foo"],
    ["hubble observe --pod /foo", "pod:foo"],
    ["hubble observe --pod shop/", "pod:shop/"],
    ["hubble observe --from-pod a --to-pod bank/b", "from-pod:default/a to-pod:bank/b"],
    ["hubble observe -n shop --pod foo", "pod:shop/foo"],
    ["hubble observe -n shop -n bank --pod foo", "pod:shop/foo,bank/foo"],
    ["hubble observe -n shop --pod shop/foo", "pod:shop/foo"],
    ["hubble observe -n shop --from-pod foo", "from-pod:shop/foo"],
    [
      "hubble observe --from-namespace shop --from-pod foo --to-pod bar",
      "from-pod:shop/foo to-pod:default/bar",
    ],
    ["hubble observe --from-namespace shop --to-pod bar", "from-namespace:shop to-pod:default/bar"],
    ["hubble observe -A --pod foo", "pod:foo"],
    ["hubble observe --from-all-namespaces --from-pod foo", "from-pod:foo"],
    ["hubble observe -A", ""],
    ["hubble observe -n kube-system", "namespace:kube-system"],
    ["hubble observe --not -n kube-system", "!namespace:kube-system"],
    // The namespace of the allowed pods does not complete the denied ones.
    ["hubble observe -n shop --pod a --not --pod b", "pod:shop/a !pod:default/b"],
    // Repeated flags are OR.
    ["hubble observe --verdict DROPPED --port 80 --verdict ERROR", "verdict:DROPPED,ERROR port:80"],
    ["hubble observe --not --port 53 --not --port 80", "!port:53,80"],
    ["hubble observe --not --port 53 --port 80", "port:80 !port:53"],
    // Spellings of flags.
    ["hubble observe -t drop -t trace:to-endpoint -t 129", "type:drop,trace:to-endpoint,l7"],
    ["hubble observe -t=drop:133 --verdict=DROPPED", "type:drop:133 verdict:DROPPED"],
    ["hubble observe -nshop", "namespace:shop"],
    ["hubble observe -fA -ojson -t l7", "type:l7"],
    ["hubble observe flows --protocol dns", "protocol:dns"],
    ["  $ hubble  observe \\\n  --protocol http", "protocol:http"],
    [
      "kubectl -n kube-system exec ds/cilium -c agent -- hubble observe --to-ip 10.0.0.0/8",
      "to-ip:10.0.0.0/8",
    ],
    ["/usr/local/bin/hubble observe --node-name 'k8s*'", "node-name:k8s*"],
    ["zcat events.log.gz | hubble observe --input-file - --uuid 6a2e", "uuid:6a2e"],
    // What stands before the slash of a workload is its kind, always.
    ["hubble observe --workload web", "workload:web"],
    ["hubble observe --to-workload Deployment/web", "to-workload:Deployment/web"],
    ["hubble observe --workload deployment/web", "workload:/deployment/web"],
    ["hubble observe --workload DaemonSet/", "workload:DaemonSet/"],
    [
      "hubble observe --drop-reason-desc POLICY_DENIED --traffic-direction ingress",
      "drop-reason-desc:POLICY_DENIED traffic-direction:ingress",
    ],
    ["hubble observe --namespace '-'", 'namespace:"-"'],
    // A selector is one value, commas and all; repeated it is OR.
    ["hubble observe -l app=web,tier=db -l '!canary'", 'label:"app=web,tier=db",!canary'],
    ["hubble observe --to-label 'k8s:app in (a, b)'", 'to-label:"k8s:app in (a,b)"'],
    [
      "hubble observe --from-identity 2 --to-identity kube-apiserver",
      "from-identity:world to-identity:kube-apiserver",
    ],
    ["hubble observe --to-fqdn '*.Example.com.'", "to-fqdn:*.example.com"],
    // Services follow the rule of pods.
    ["hubble observe --to-service api", "to-service:default/api"],
    ["hubble observe -n shop --service api --pod web", "service:shop/api pod:shop/web"],
    ["hubble observe -4 --ip-version 6", "ip-version:v4,v6"],
    ["hubble observe --not -6", "!ip-version:v6"],
    ["hubble observe --encrypted", "encrypted:yes"],
    ["hubble observe --unencrypted --not --encrypted", "unencrypted:yes !encrypted:yes"],
    // One flag: all of the list. Two: (SYN and ACK) or RST, which is (SYN or RST) and (ACK or RST).
    ["hubble observe --tcp-flags syn,ack", "tcp-flags:SYN,ACK"],
    ["hubble observe --tcp-flags SYN,ACK --tcp-flags RST", "tcp-flags:SYN/RST,RST/ACK"],
    ["hubble observe --tcp-flags SYN --tcp-flags SYN,ACK", "tcp-flags:SYN"],
    [
      "hubble observe --http-status 5+ --http-method get --http-path '/a,b'",
      'http-status:5+ http-method:GET http-path:"/a,b"',
    ],
    [
      "hubble observe --http-header x-tenant:blue --http-url '^http://'",
      "http-header:x-tenant:blue http-url:^http://",
    ],
    ["hubble observe --trace-id 4bf92f --ip-trace-id 7", "trace-id:4bf92f ip-trace-id:7"],
    [
      "hubble observe --node-label pool=np1 --interface eth0 --cluster prod",
      "node-label:pool=np1 interface:eth0 cluster:prod",
    ],
    ["hubble observe --snat-ip 20.0.0.0/8", "snat-ip:20.0.0.0/8"],
  ];
  it.each(cases)("%s", (command, filter) => {
    const pasted = parsePastedCommand(command);
    if (!pasted.ok) throw new Error(pasted.failure.message);
    expect(formatFilter(pasted.value.filter)).toBe(filter);
  });

  it("gives absolute times apart, as nanoseconds", () => {
    // 2026-03-04T05:00:00Z is 1772600400 seconds after the epoch.
    const pasted = parsePastedCommand(
      "hubble observe --since 2026-03-04T05:00:00.000000007Z --until 2026-03-04T06:30+01:00 --protocol dns",
    );
    expect(pasted).toMatchObject({
      ok: true,
      value: { from: 1772600400_000000007n, to: 1772602200_000000000n },
    });
    expect(parsePastedCommand("hubble observe --since 2026-03-04")).toMatchObject({
      value: { from: 1772582400_000000000n },
    });
  });

  const noted: [command: string, kind: string, part: string][] = [
    ["hubble observe --since 5m", "differs", "counts from now"],
    ["hubble observe --last 100", "differs", "--last 100"],
    ["hubble observe -o json -f", "ignored", "--output, --follow"],
    ["hubble observe -o json | jq '.flow'", "differs", "| jq '.flow'"],
    ["hubble observe --pod shop/a --port 80", "differs", "on the same side"],
    ["hubble observe --not --verdict DROPPED --not --port 53", "differs", "all the --not flags together"],
  ];
  it.each(noted)("%s: a note of kind %s", (command, kind, part) => {
    const pasted = parsePastedCommand(command);
    if (!pasted.ok) throw new Error(pasted.failure.message);
    expect(pasted.value.notes.filter((note) => note.kind === kind && note.text.includes(part))).toHaveLength(
      1,
    );
  });

  it("has nothing to note where the meaning is the same", () => {
    const command =
      "hubble observe --from-pod shop/a --to-port 80 --port 1 --not --verdict DROPPED --not --verdict ERROR";
    expect(parsePastedCommand(command)).toMatchObject({ ok: true, value: { notes: [] } });
  });

  const refused: [command: string, part: string][] = [
    ["cilium status", "not a hubble observe command"],
    [`hubble observe ${" ".repeat(65_536)}`, "at most"],
    ["hubble observer --pod a", "not a hubble observe command"],
    ["hubble observe --cel-expression true", "CEL"],
    ["hubble observe --allowlist '{}' --verdict DROPPED", "either may match"],
    ["hubble observe --allowlist nonsense", "no FlowFilter"],
    ["hubble observe --not --denylist '{}'", "--not cannot stand"],
    ["hubble observe --fqdn 'a b'", "--fqdn"],
    ["hubble observe -l 'app in web'", "--label"],
    ["hubble observe --tcp-flags SYN,ACKK", "--tcp-flags"],
    ["hubble observe --tcp-flags SYN/ACK", "--tcp-flags"],
    ["hubble observe --http-header x-tenant", "--http-header"],
    ["hubble observe -n shop --service bank/a", "contradict"],
    ["hubble observe --nonsense", "`--nonsense` is not a flag"],
    ["hubble observe -x", "`-x` is not a flag"],
    ["hubble observe --reply yes", "`--reply` is not a flag"],
    ["hubble observe --not", "--not stands at the end"],
    ["hubble observe --not --not --port 1", "Two --not"],
    ["hubble observe --port", "--port has no value"],
    ["hubble observe --port=", "--port has no value"],
    ["hubble observe --verdict DROPED", "--verdict"],
    ["hubble observe --port 80,443", "--port"],
    ["hubble observe --pod /", "--pod"],
    ["hubble observe --workload /", "--workload"],
    ["hubble observe agent-events", "`agent-events` is not a flag"],
    ["hubble observe --pod shop/web api", "`api` is not a flag"],
    ["hubble observe --pod $POD", "shell variable"],
    ["hubble observe --pod 'a", "quote"],
    ["hubble observe --since yesterday", "--since"],
    ["hubble observe -n shop -A", "cannot be combined"],
    ["hubble observe -n shop --pod bank/a", "contradict"],
    ["hubble observe --from-namespace shop --pod a", "cannot be combined"],
    [`hubble observe ${Array.from({ length: 501 }, (_, port) => `--port ${port}`).join(" ")}`, "at most"],
  ];
  it.each(refused)("refuses %.60s", (command, part) => {
    const pasted = parsePastedCommand(command);
    expect(pasted).toMatchObject({ ok: false, failure: { code: "command_invalid" } });
    expect(!pasted.ok && pasted.failure.message).toContain(part);
  });
});

describe("readFilterInput", () => {
  it("tells a command from a filter", () => {
    expect(looksLikeCommand('namespace:"hubble"')).toBe(false);
    expect(readFilterInput("verdict:DROPPED").kind).toBe("filter");
    expect(readFilterInput("hubble observe --verdict DROPPED").kind).toBe("command");
  });
});
