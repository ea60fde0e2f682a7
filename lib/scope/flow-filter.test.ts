import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Filter, formatFilter, parseFilter, type Term, withTerm } from "./filter";
import { looksLikeFlowFilters } from "./flow-filter-text";
import { toFlowFilters } from "./flow-filter-write";
import { parsePastedCommand, readFilterInput } from "./hubble-command";
import { anyTerm, RUNS, SEED } from "./testing";

function filterFrom(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function pasted(text: string): { q: string; notes: string[] } {
  const read = parsePastedCommand(text);
  if (!read.ok) throw new Error(read.failure.message);
  return { q: formatFilter(read.value.filter), notes: read.value.notes.map((note) => note.text) };
}

describe("pasted FlowFilters", () => {
  const exact: [text: string, q: string][] = [
    // As `hubble observe --print-raw-filters` of Cilium 1.17 and 1.19 prints them (two depths of the list).
    [`allowlist:\n- '{"verdict":["DROPPED","ERROR"]}'\n`, "verdict:DROPPED,ERROR"],
    [
      `allowlist:\n    - '{"source_pod":["kube-system/"]}'\n    - '{"destination_pod":["kube-system/"]}'\n`,
      "pod:kube-system/",
    ],
    [
      `denylist:\n    - '{"source_pod":["kube-system/"]}'\n    - '{"destination_pod":["kube-system/"]}'\n`,
      "!pod:kube-system/",
    ],
    // As the agent's configuration and the chart's values hold them.
    [
      `hubble-export-denylist: '{"source_pod":["kube-system/"]},{"destination_pod":["a/"]}'`,
      "!from-pod:kube-system/ !to-pod:a/",
    ],
    [`{"verdict":["DROPPED"]} {"verdict":["ERROR"]}`, "verdict:DROPPED,ERROR"],
    [`[{"verdict":["AUDIT"]}]`, "verdict:AUDIT"],
    [
      `{"allowList":[{"verdict":["DROPPED"]}],"denyList":[{"source_port":["53"]}]}`,
      "verdict:DROPPED !from-port:53",
    ],
    [`{"includeFilters":[{"sourcePod":["shop/web"]}],"excludeFilters":[]}`, "from-pod:shop/web"],
    // Every member.
    [`{"source_pod":["web"],"destination_service":["shop/api"]}`, "from-pod:default/web to-service:shop/api"],
    [
      `{"source_workload":[{"kind":"Deployment","name":"web"},{"name":"api"}]}`,
      "from-workload:Deployment/web,api",
    ],
    [`{"destination_port":["53","80"],"source_ip":["10.0.0.0/8"]}`, "to-port:53,80 from-ip:10.0.0.0/8"],
    [`{"source_ip_xlated":["20.0.0.1"],"uuid":["6a2e"]}`, "snat-ip:20.0.0.1 uuid:6a2e"],
    [
      `{"destination_identity":[2,70000],"source_fqdn":["*.a.example"]}`,
      "to-identity:world,70000 from-fqdn:*.a.example",
    ],
    [
      `{"source_label":["app in (a,b)"],"source_cluster_name":["prod"]}`,
      'from-label:"app in (a,b)" from-cluster:prod',
    ],
    [`{"event_type":[{"type":1,"match_sub_type":true,"sub_type":133},{"type":129}]}`, "type:drop:133,l7"],
    [
      `{"verdict":[2],"drop_reason_desc":["POLICY_DENIED"],"traffic_direction":["INGRESS"]}`,
      "verdict:DROPPED drop-reason-desc:POLICY_DENIED traffic-direction:ingress",
    ],
    [
      `{"protocol":["dns"],"ip_version":["IPv6"],"node_name":["prod/n-*"]}`,
      "protocol:dns ip-version:v6 node-name:prod/n-*",
    ],
    [
      `{"http_status_code":["5+"],"http_method":["get"],"http_path":["/a,b"]}`,
      'http-status:5+ http-method:GET http-path:"/a,b"',
    ],
    [
      `{"http_header":[{"key":"x-a","value":"b"}],"http_url":["^http://"]}`,
      "http-header:x-a:b http-url:^http://",
    ],
    [`{"tcp_flags":[{"SYN":true,"ACK":true},{"RST":true,"FIN":false}]}`, "tcp-flags:SYN/RST,RST/ACK"],
    [
      `{"trace_id":["4bf92f"],"ip_trace_id":[7],"interface":[{"name":"eth0"}]}`,
      "trace-id:4bf92f ip-trace-id:7 interface:eth0",
    ],
    [
      `{"node_labels":["pool=np1"],"encrypted":[true],"dns_query":["^api"]}`,
      "node-label:pool=np1 encrypted:yes dns-query:^api",
    ],
    [`{"reply":[true]}`, "reply:yes"],
    // Both sides of two members, each by itself: four filters.
    [
      `{"source_pod":["a/"],"source_port":["1"]}{"source_pod":["a/"],"destination_port":["1"]}{"destination_pod":["a/"],"source_port":["1"]}{"destination_pod":["a/"],"destination_port":["1"]}`,
      "pod:a/ port:1",
    ],
    // An empty filter matches everything, and so does the list that holds it.
    [`{} {"verdict":["DROPPED"]}`, ""],
    // Braces and doubled apostrophes inside texts.
    [`- '{"http_url":["a}''{"]}'`, "http-url:a}'{"],
    [
      'hubble observe --denylist \'{"source_port":["53"]}\' --verdict DROPPED',
      "verdict:DROPPED !from-port:53",
    ],
  ];
  it.each(exact)("%s", (text, q) => {
    expect(pasted(text)).toEqual({ q, notes: [] });
    expect(readFilterInput(text).kind).toBe("command");
  });

  const noted: [text: string, q: string, note: RegExp][] = [
    [
      `{"source_pod":["a/"],"source_port":["1"],"verdict":["DROPPED"]}{"destination_pod":["a/"],"destination_port":["1"],"verdict":["DROPPED"]}`,
      "pod:a/ port:1 verdict:DROPPED",
      /same side/,
    ],
    [
      `denylist: {"source_port":["53"],"verdict":["DROPPED"]}`,
      "!from-port:53 !verdict:DROPPED",
      /all members of a filter together/,
    ],
    [`{"reply":[false]}`, "reply:no", /less can show/],
  ];
  it.each(noted)("%s: with a note", (text, q, note) => {
    const read = pasted(text);
    expect(read.q).toBe(q);
    expect(read.notes).toEqual([expect.stringMatching(note)]);
  });

  const refused: [text: string, part: string][] = [
    [`{"verdict":["DROPPED"]} {"source_port":["53"]}`, "differ in more than one thing"],
    [`{"source_pod":["a/"],"source_port":["1"]} {"source_pod":["b/"],"source_port":["2"]}`, "2 filters"],
    [`{"verdict":["DROPPED"]`, "closing brace"],
    [`{"verdict":[DROPPED]}`, "not JSON"],
    [`allowlist: {"allowlist":[3]}`, "not a list"],
    [`{"verdict":[]}`, "no value"],
    [`{"verdict":["DROPED"]}`, "`verdict`"],
    [`{"nonsense":["a"]}`, "`nonsense` is not a member"],
    [`{"source_verdict":["DROPPED"]}`, "`source_verdict` is not a member"],
    [`{"pod":["a/"]}`, "`pod` is not a member"],
    [`{"experimental":{"cel_expression":["true"]}}`, "CEL"],
    [`{"tcp_flags":[{"SYNN":true}]}`, "no TCP flags"],
    [`{"source_workload":[{}]}`, "`workload`"],
    [`denylist: {}`, "leaves nothing"],
    [`{"a":"${"x".repeat(65_536)}"}`, "at most"],
  ];
  it.each(refused)("refuses %.70s", (text, part) => {
    const read = parsePastedCommand(text);
    expect(!read.ok && read.failure.message).toContain(part);
  });

  it.each(["verdict:DROPPED", 'text:"{"', 'http-path:"^/a{2}$"', "label:{a}", ""])(
    "%s is a filter of ours",
    (text) => {
      expect(looksLikeFlowFilters(text)).toBe(false);
    },
  );
});

describe("toFlowFilters", () => {
  const written: [q: string, text: string][] = [
    ["", ""],
    [
      "verdict:DROPPED from-pod:shop/web",
      `allowlist:\n- '{"verdict":["DROPPED"],"source_pod":["shop/web"]}'\n`,
    ],
    ["port:53", `allowlist:\n- '{"source_port":["53"]}'\n- '{"destination_port":["53"]}'\n`],
    [
      "!namespace:kube-system !verdict:FORWARDED",
      `denylist:\n- '{"source_pod":["kube-system/"]}'\n- '{"destination_pod":["kube-system/"]}'\n- '{"verdict":["FORWARDED"]}'\n`,
    ],
    ['http-url:"it\'s"', `allowlist:\n- '{"http_url":["it''s"]}'\n`],
  ];
  it.each(written)("%s", (q, text) => {
    expect(toFlowFilters(filterFrom(q))).toMatchObject({ text, notes: [] });
  });

  it("leaves out what it cannot say, and says so", () => {
    const { allow, notes } = toFlowFilters(filterFrom("verdict:DROPPED dns-rcode:3 to-port:1 to-port:2"));
    expect(allow).toEqual([`{"verdict":["DROPPED"],"destination_port":["1"]}`]);
    expect(notes.map(({ kind }) => kind)).toEqual(["left-out", "left-out"]);
    const many = toFlowFilters(filterFrom("pod:a/ port:1 ip:10.0.0.1 label:a service:s/ identity:5"));
    expect(many.allow).toHaveLength(16);
    expect(many.notes).toHaveLength(2);
  });

  /** Keys that Hubble says through another of its members. */
  const OTHERS: ReadonlySet<string> = new Set([
    "namespace",
    "trace-point",
    "encrypted",
    "unencrypted",
    "tcp-flags",
  ]);

  it(`is read back as the same filter, where nothing is noted (seed ${SEED})`, () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(anyTerm, { minLength: 1, maxLength: 3 }), (all) => {
        // Two terms of one key are said by one that means the same.
        const terms = all
          .filter(({ key }, at) => !OTHERS.has(key) && all.findIndex((one) => one.key === key) === at)
          .reduce<readonly Term[]>(withTerm, []);
        const { text, notes } = toFlowFilters({ terms });
        if (notes.length > 0 || text === "") return;
        compared++;
        const sorted = (q: string): string[] =>
          filterFrom(q)
            .terms.map((term) => formatFilter({ terms: [term] }))
            .sort();
        const back = pasted(text);
        expect(back.notes).toEqual([]);
        expect(sorted(back.q)).toEqual(sorted(formatFilter({ terms })));
      }),
      { ...RUNS, numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
