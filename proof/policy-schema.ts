/**
 * What the API server takes of the two kinds of policies that are offered, written down from their published definitions:
 * CiliumNetworkPolicy from the CRD `ciliumnetworkpolicies.cilium.io` (v2, Cilium 1.19), NetworkPolicy from networking.k8s.io/v1. Members
 * that are not offered are left out, so an unknown one is an error here, as `kubectl apply --validate=strict` says.
 */

import { z } from "zod";

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  .max(63);
const objectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
  .max(253);
const labelValue = z
  .string()
  .max(63)
  .regex(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/);
const matchLabels = z
  .record(z.string().min(1), labelValue)
  .refine((labels) => Object.keys(labels).length > 0);
const metadata = z.strictObject({ name: objectName, namespace: dnsLabel });
const cidr = z.union([z.cidrv4(), z.cidrv6()]);

const endpointSelector = z.strictObject({ matchLabels });
const entity = z.enum([
  "all",
  "world",
  "cluster",
  "host",
  "init",
  "ingress",
  "unmanaged",
  "remote-node",
  "health",
  "none",
  "kube-apiserver",
]);
const matchName = z
  .string()
  .max(255)
  .regex(/^([-a-zA-Z0-9_]+[.]?)+$/);
const matchPattern = z
  .string()
  .max(255)
  .regex(/^([-a-zA-Z0-9_*]+[.]?)+$/);
const port = z
  .string()
  .regex(/^(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})$/);
/** One of the kinds of rules above ports, never both. */
const l7Rules = z.union([
  z.strictObject({
    http: z.array(z.strictObject({ method: z.string().optional(), path: z.string().optional() })),
  }),
  z.strictObject({
    dns: z.array(z.union([z.strictObject({ matchName }), z.strictObject({ matchPattern })])),
  }),
]);
const portRule = z.strictObject({
  ports: z
    .array(z.strictObject({ port, protocol: z.enum(["TCP", "UDP", "SCTP", "ANY"]) }))
    .min(1)
    .max(40),
  rules: l7Rules.optional(),
});
const icmp = z.strictObject({
  fields: z
    .array(z.strictObject({ type: z.number().int().min(0).max(255), family: z.enum(["IPv4", "IPv6"]) }))
    .max(40),
});
const way = { toPorts: z.array(portRule).optional(), icmps: z.array(icmp).optional() };
const oneOf = (rule: object): boolean =>
  Object.keys(rule).filter((member) => member !== "toPorts" && member !== "icmps").length === 1 &&
  !("toPorts" in rule && "icmps" in rule);

export const ciliumSchema = z.strictObject({
  apiVersion: z.literal("cilium.io/v2"),
  kind: z.literal("CiliumNetworkPolicy"),
  metadata,
  spec: z
    .strictObject({
      endpointSelector,
      egress: z
        .array(
          z
            .strictObject({
              toEndpoints: z.array(endpointSelector).optional(),
              toEntities: z.array(entity).optional(),
              toCIDR: z.array(cidr).optional(),
              toFQDNs: z.array(z.strictObject({ matchName })).optional(),
              ...way,
            })
            .refine(oneOf),
        )
        .optional(),
      ingress: z
        .array(
          z
            .strictObject({
              fromEndpoints: z.array(endpointSelector).optional(),
              fromEntities: z.array(entity).optional(),
              fromCIDR: z.array(cidr).optional(),
              ...way,
            })
            .refine(oneOf),
        )
        .optional(),
    })
    .refine(({ egress, ingress }) => egress !== undefined || ingress !== undefined),
});
export type CiliumPolicy = z.infer<typeof ciliumSchema>;

const peer = z.union([
  z.strictObject({ podSelector: z.strictObject({ matchLabels }) }),
  z.strictObject({
    namespaceSelector: z.strictObject({ matchLabels }),
    podSelector: z.strictObject({ matchLabels }),
  }),
  z.strictObject({ ipBlock: z.strictObject({ cidr }) }),
]);
const ports = z.array(
  z.strictObject({ port: z.number().int().min(1).max(65535), protocol: z.enum(["TCP", "UDP", "SCTP"]) }),
);

export const kubernetesSchema = z.strictObject({
  apiVersion: z.literal("networking.k8s.io/v1"),
  kind: z.literal("NetworkPolicy"),
  metadata,
  spec: z.strictObject({
    podSelector: z.strictObject({ matchLabels }),
    policyTypes: z.array(z.enum(["Ingress", "Egress"])).min(1),
    egress: z.array(z.strictObject({ to: z.array(peer), ports })).optional(),
    ingress: z.array(z.strictObject({ from: z.array(peer), ports })).optional(),
  }),
});
export type KubernetesPolicy = z.infer<typeof kubernetesSchema>;
