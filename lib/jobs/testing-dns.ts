/** Captures of DNS questions and answers. Imported by tests only. */

import { line, lines, TestCapture } from "./testing";

interface Wish {
  readonly pod?: string;
  readonly qtype?: string;
  readonly rcode?: number;
  readonly ips?: readonly string[];
  /** Names that the answer led through, as Hubble writes them: with a final dot. */
  readonly cnames?: readonly string[];
  readonly ttl?: number;
  /** Seconds until the answer; `null`: none, `refused`: a DNS rule refuses the question. */
  readonly after?: number | null | "refused";
}

/** A question of a pod of `shop` (`web-0`) and its answer 10 ms later, as the proxy of its node logs them. */
export function asked(
  seconds: number,
  query: string,
  { rcode = 0, after = 0.01, ...wish }: Wish = {},
): string[] {
  const { ips = ["192.0.2.7"], cnames, ttl = 30 } = wish;
  const said = rcode === 0 ? { ips, cnames, ttl } : { rcode };
  const isRefused = after === "refused";
  const request = message(seconds, "REQUEST", query, wish, isRefused ? { verdict: "DROPPED" } : {}, {});
  if (after === null || isRefused) return [request];
  return [request, message(seconds + after, "RESPONSE", query, wish, {}, said)];
}

function message(
  at: number,
  type: "REQUEST" | "RESPONSE",
  query: string,
  wish: Wish,
  more: object,
  said: object,
): string {
  const { pod = "web-0", qtype = "A" } = wish;
  const [client, server] = [
    { namespace: "shop", pod_name: pod },
    { namespace: "kube-system", pod_name: "coredns-0" },
  ];
  const clientIp = `10.0.0.${pod.charCodeAt(0)}`;
  const isAnswer = type === "RESPONSE";
  return line(at, {
    Type: "L7",
    IP: isAnswer
      ? { source: "10.0.9.9", destination: clientIp }
      : { source: clientIp, destination: "10.0.9.9" },
    l4: {
      UDP: isAnswer
        ? { source_port: 53, destination_port: 40_000 }
        : { source_port: 40_000, destination_port: 53 },
    },
    source: isAnswer ? server : client,
    destination: isAnswer ? client : server,
    l7: { type, dns: { query: `${query}.`, qtypes: [qtype], ...said } },
    event_type: { type: 129 },
    traffic_direction: "EGRESS",
    is_reply: isAnswer,
    ...more,
  });
}

/** With a flow long after all questions, so that none of them is open. */
export function captureOf(...texts: readonly string[]): TestCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...texts, line(5000)));
  return capture;
}
