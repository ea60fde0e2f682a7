/** What the keys of grouped exchanges stand for. */

import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import type { DnsKey } from "./dns-answers";
import type { DnsBy } from "./dns-by";
import type { Key } from "./dns-groups";
import { readWorkload } from "./dns-parts";
import type { OpenCapture } from "./open-capture";

export function rcodeName(code: number): string {
  return enumName(DNS_RCODE, code);
}

export function keyOf(capture: OpenCapture, by: DnsBy, key: Key): DnsKey {
  switch (by) {
    case "rcode": {
      const code = Number(key);
      return code < 0 ? { rcode: null, name: null } : { rcode: code, name: rcodeName(code) };
    }
    case "query": {
      const text = capture.database.prepare("SELECT value FROM Text WHERE id = ?").get([key]);
      return { query: text === undefined ? null : String(text.value) };
    }
    case "root":
      return { root: key === "" ? null : String(key) };
    case "pod":
      return { pod: String(key) };
    case "node":
      return { node: key === "" ? null : String(key) };
    case "qtype":
      return { qtype: key === "" ? null : String(key) };
    case "answers":
      return { answers: Number(key) < 0 ? null : Number(key) };
    case "client":
      return { client: readWorkload(capture, String(key)) };
    case "server":
      return { server: readWorkload(capture, String(key)) };
  }
}
