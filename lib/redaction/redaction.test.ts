import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MASK_KINDS, type MaskKind } from "./kinds";
import { LeakCheck } from "./leak-check";
import { Pseudonyms } from "./pseudonyms";
import { redact } from "./testing";

const RECORD = {
  time: "2026-08-21T12:00:00.000000001Z",
  uuid: "6a2e1111-2222-4333-8444-555566667777",
  verdict: "DROPPED",
  drop_reason_desc: "POLICY_DENIED",
  ethernet: { source: "5a:87:01:02:03:04", destination: "5a:87:01:02:03:05" },
  IP: { source: "10.244.1.60", destination: "20.50.3.4", source_xlated: "10.240.0.9", ipVersion: "IPv4" },
  l4: { TCP: { source_port: 44916, destination_port: 443, flags: { SYN: true } } },
  source: {
    ID: 211,
    identity: 31876,
    cluster_name: "prod-weu",
    namespace: "payments",
    labels: [
      "cidr:10.244.0.0/16",
      "k8s:app=ledger",
      "k8s:io.kubernetes.pod.namespace=payments",
      "k8s:acme.example/team=gold",
      "reserved:world",
    ],
    pod_name: "ledger-7d4b9c6f5-x2x7k",
    workloads: [{ name: "ledger", kind: "Deployment" }],
  },
  destination: { identity: 2, labels: ["reserved:world"] },
  destination_names: ["api.acme-bank.example"],
  node_name: "prod-weu/ip-10-240-0-4.weu.acme.example",
  node_labels: ["kubernetes.io/hostname=ip-10-240-0-4", "topology.kubernetes.io/zone=weu-1"],
  Type: "L7",
  l7: {
    type: "REQUEST",
    http: {
      method: "GET",
      url: "http://ledger.payments.svc.cluster.local:8080/accounts/4711/owner?iban=DE12#top",
      protocol: "HTTP/1.1",
      headers: [
        { key: "X-Customer", value: "Jane Doe" },
        { key: "content-type", value: "application/json" },
        { key: "x-request-id", value: "77777777-2222-4333-8444-555566667777" },
      ],
    },
  },
  interface: { index: 3, name: "lxc67c1f061e1dc" },
  egress_denied_by: [{ kind: "CiliumNetworkPolicy", namespace: "payments", name: "ledger-egress" }],
  policy_log: ["ledger may not"],
  Summary:
    "DNS Query api.acme-bank.example. from 10.244.1.60, host 5a:87:01:02:03:04, http://10.9.9.9/x, pod 10-244-1-60.payments.pod",
  extensions: { "@type": "x", value: { owner: "ledger", bytes: 80, from: "10.244.1.60" } },
  surprise: { member: "ledger" },
};
const LINE = JSON.stringify({ flow: RECORD, node_name: RECORD.node_name, time: RECORD.time });

const flowOf = (kinds: readonly MaskKind[], line = LINE) =>
  JSON.parse(redact([line], kinds).lines[0] ?? "").flow as typeof RECORD;

it("pseudonyms are HMACs as everybody computes them", () => {
  const bytes = new Pseudonyms(Buffer.from("Jefe")).bytes("what", "nothing");
  expect(bytes.toString("hex")).toBe(createHmac("sha256", "Jefe").update("what\0nothing").digest("hex"));
});

describe("a masked record", () => {
  const all = flowOf(MASK_KINDS);

  it("keeps times, verdicts, reasons, ports, flags and codes", () => {
    const { time, verdict, drop_reason_desc, l4, Type } = all;
    expect({ time, verdict, drop_reason_desc, l4, Type }).toEqual({
      time: RECORD.time,
      verdict: RECORD.verdict,
      drop_reason_desc: RECORD.drop_reason_desc,
      l4: RECORD.l4,
      Type: RECORD.Type,
    });
  });

  it("names nothing of what it named", () => {
    const text = JSON.stringify(all);
    for (const word of "ledger payments acme prod-weu weu-1 Jane gold DE12 4711 owner 10.244 20.50 lxc67 5a:87 6a2e1111 77777777 surprise 31876".split(
      " ",
    ))
      expect(text).not.toContain(word);
  });

  it("leaves out summary, vendor data and members that are not known", () => {
    expect(all.Summary).toBe("");
    expect(all).not.toHaveProperty("extensions");
    expect(all).not.toHaveProperty("surprise");
    expect(all).not.toHaveProperty("policy_log");
  });

  it("uses the same pseudonym for the same name, whatever the field", () => {
    const { source, egress_denied_by: denied } = all;
    expect(source.labels[1]).toBe(`k8s:app=${source.workloads[0]?.name}`);
    expect(source.labels[2]).toBe(`k8s:io.kubernetes.pod.namespace=${source.namespace}`);
    expect(source.pod_name).toMatch(new RegExp(`^${source.workloads[0]?.name}-[a-z0-9]{9}-[a-z0-9]{5}$`));
    expect(denied[0]?.namespace).toBe(source.namespace);
    expect(all.l7.http.url).toContain(
      `http://${source.workloads[0]?.name}.${source.namespace}.svc.cluster.local:8080/`,
    );
  });

  it("keeps the form of what a route folds, and what a header says of the protocol", () => {
    expect(all.l7.http.url).toMatch(/:8080\/[a-z]+\/\d{4}\/[a-z]+\?[a-z]+=[a-z0-9]+#[a-z]+$/);
    expect(all.l7.http.headers[1]).toEqual({ key: "content-type", value: "application/json" });
    expect(all.l7.http.headers[2]?.value).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("has other pseudonyms under another key", () => {
    const other = JSON.parse(redact([LINE], MASK_KINDS, Buffer.alloc(32, 7)).lines[0] ?? "")
      .flow as typeof RECORD;
    expect(other.source.namespace).not.toBe(all.source.namespace);
    expect(other.IP.source).not.toBe(all.IP.source);
  });

  it("says the same of lost events, and nothing of what an agent said", () => {
    const lines = [
      '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"12"},"node_name":"prod/n1","time":"2026-08-21T12:00:02Z"}',
      '{"agent_event":{"type":"POLICY_UPDATED","policy_update":{"labels":["k8s:x=ledger"]}},"node_name":"prod/n1"}',
      '{"node_status":{"state_change":"NODE_UNAVAILABLE","node_names":["n1"],"message":"n1 is gone"}}',
    ];
    const { lines: masked, leaks } = redact(lines, MASK_KINDS);
    expect(JSON.parse(masked[0] ?? "").lost_events).toEqual({
      source: "HUBBLE_RING_BUFFER",
      num_events_lost: "12",
    });
    expect(JSON.parse(masked[1] ?? "").agent_event).toEqual({ type: "POLICY_UPDATED" });
    expect(JSON.parse(masked[2] ?? "").node_status).toEqual({ state_change: "NODE_UNAVAILABLE" });
    expect(leaks).toEqual([]);
  });
});

describe("a kind by itself", () => {
  it("ips: also in texts that stay, in every spelling", () => {
    const { IP, Summary, node_name: node, source, ...rest } = flowOf(["ips"]);
    expect(Summary).toContain(`from ${IP.source}, host 5a:87:01:02:03:04`);
    expect(Summary).toContain(`pod ${IP.source.replaceAll(".", "-")}.payments.pod`);
    expect(Summary).not.toContain("10.9.9.9");
    expect(node).not.toContain("10-240-0-4");
    expect(source.labels[0]).toMatch(/^cidr:10\.\d+\.0\.0\/16$/);
    expect([source.namespace, rest.uuid]).toEqual([RECORD.source.namespace, RECORD.uuid]);
    expect(rest.extensions.value.from).toBe(IP.source);
  });

  it("macs: also one that stands in a text alone", () => {
    const line = LINE.replace("host 5a:87:01:02:03:04", "host 5a:87:01:02:03:99");
    const { Summary, ethernet, IP } = flowOf(["macs"], line);
    expect(Summary).not.toContain("5a:87");
    expect(Summary).toMatch(/, host ([0-9a-f]{2}:){5}[0-9a-f]{2}, /);
    expect(ethernet.source).not.toBe(RECORD.ethernet.source);
    expect(IP).toEqual(RECORD.IP);
  });

  it("dns: a name of one label keeps its final dot", () => {
    const line = JSON.stringify({ flow: { Type: "L7", l7: { type: "REQUEST", dns: { query: "vault." } } } });
    const { l7 } = JSON.parse(redact([line], ["dns"]).lines[0] ?? "").flow;
    expect(l7.dns.query).toMatch(/^(?!vault)[a-z]+\.$/);
  });

  it("urls: a request without one gets none", () => {
    const http = (members: object) => ({ flow: { Type: "L7", l7: { type: "REQUEST", http: members } } });
    const line = JSON.stringify(http({ method: "GET" }));
    expect(JSON.parse(redact([line], ["urls"]).lines[0] ?? "")).toMatchObject(http({ method: "GET" }));
    expect(redact([line], ["urls"]).lines[0]).not.toContain('url"');
  });

  it("namespaces: wherever the namespace stands as a word", () => {
    const { source, l7, Summary } = flowOf(["namespaces"]);
    expect(source.namespace).not.toBe("payments");
    expect(l7.http.url).toBe(RECORD.l7.http.url.replace("payments", source.namespace));
    expect(Summary).toBe(RECORD.Summary.replace("payments", source.namespace));
    expect(source.pod_name).toBe(RECORD.source.pod_name);
  });

  it("identities: not those that are reserved, and no number that is none", () => {
    const { source, destination, l4 } = flowOf(["identities"]);
    expect(source.identity).not.toBe(31876);
    expect(destination.identity).toBe(2);
    expect(l4).toEqual(RECORD.l4);
  });

  it.each(MASK_KINDS)("%s changes the record and leaks nothing", (kind) => {
    const { lines, leaks } = redact([LINE], [kind]);
    expect(leaks).toEqual([]);
    const flowIn = (line = "") => JSON.parse(line).flow;
    expect(flowIn(lines[0])).not.toEqual(flowIn(redact([LINE], []).lines[0]));
    expect(JSON.parse(lines[0] ?? "").masked).toEqual([kind]);
  });
});

describe("the leak check", () => {
  const { mask, lines } = redact([LINE], MASK_KINDS);
  const leaksIn = (change: (flow: typeof RECORD) => void) => {
    const document = JSON.parse(lines[0] ?? "");
    change(document.flow);
    const check = new LeakCheck(mask);
    check.line(JSON.stringify(document));
    return check.leaks;
  };

  it.each<[string, string, (flow: typeof RECORD) => void]>([
    [
      "flow.source.pod_name",
      "ledger-7d4b9c6f5-x2x7k",
      (flow) => {
        flow.source.pod_name = "ledger-7d4b9c6f5-x2x7k";
      },
    ],
    [
      "flow.source.labels.1",
      "ledger",
      (flow) => {
        flow.source.labels[1] = "k8s:app=ledger";
      },
    ],
    [
      "flow.Summary",
      "10.244.1.60",
      (flow) => {
        flow.Summary = "from 10.244.1.60:80";
      },
    ],
    [
      "flow.Summary",
      "10.244.1.60",
      (flow) => {
        flow.Summary = "ip-10-244-1-60";
      },
    ],
    [
      "flow.Summary",
      "PAYMENTS",
      (flow) => {
        flow.Summary = "in PAYMENTS";
      },
    ],
    [
      "flow.source.identity",
      "identity=31876",
      (flow) => {
        flow.source.identity = 31876;
      },
    ],
    [
      "flow.uuid",
      RECORD.uuid,
      (flow) => {
        flow.uuid = RECORD.uuid;
      },
    ],
    [
      "flow.ethernet.source",
      "5a:87:01:02:03:04",
      (flow) => {
        flow.ethernet.source = "5a:87:01:02:03:04";
      },
    ],
    [
      "flow.destination_names.0",
      "acme-bank.example",
      (flow) => {
        flow.destination_names[0] = "www.acme-bank.example";
      },
    ],
    [
      "flow.l7.http.headers.0.value",
      "Jane Doe",
      (flow) => {
        (flow.l7.http.headers[0] ?? { value: "" }).value = "Jane Doe";
      },
    ],
    [
      "flow.node_name",
      "ip-10-240-0-4",
      (flow) => {
        flow.node_name = "x/ip-10-240-0-4";
      },
    ],
    [
      "flow.extensions.value.payments",
      "payments",
      (flow) => {
        Object.assign(flow, { extensions: { value: { payments: 1 } } });
      },
    ],
  ])("finds in %s: %s", (path, value, change) => {
    expect(leaksIn(change)).toContainEqual({ path, value });
  });

  it("finds a masked value only where it stands as a whole", () => {
    expect(
      leaksIn((flow) => {
        flow.Summary = "ledgers, repayments, payments_2, paymentsé, 10.244.1.6, 10.244.1.601";
      }),
    ).toEqual([]);
  });
});
