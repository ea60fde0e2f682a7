/** Column lists of the hot paths, from the Prisma schema, so that they cannot drift. */

import { Prisma } from "./generated/browser";

type FlowColumn = keyof typeof Prisma.FlowScalarFieldEnum;

export const FLOW_COLUMNS = Object.keys(Prisma.FlowScalarFieldEnum) as FlowColumn[];

/** Its last one holds bytes. */
export const EXTRA_COLUMNS = Object.keys(Prisma.FlowExtraScalarFieldEnum);

const SETTLED = new Set<string>([
  "actorId",
  "addressId",
] satisfies (keyof typeof Prisma.EndpointScalarFieldEnum)[]);

/** Columns of each dictionary table but its id and what settling writes. */
export const DICTIONARY_COLUMNS = {
  kind: withoutId(Prisma.KindScalarFieldEnum),
  observer: withoutId(Prisma.ObserverScalarFieldEnum),
  endpoint: withoutId(Prisma.EndpointScalarFieldEnum).filter((column) => !SETTLED.has(column)),
  text: withoutId(Prisma.TextScalarFieldEnum),
} as const;

export const DICTIONARY_TABLES = {
  kind: "Kind",
  observer: "Observer",
  endpoint: "Endpoint",
  text: "Text",
} as const;

function withoutId(fields: Readonly<Record<string, string>>): string[] {
  return Object.keys(fields).filter((field) => field !== "id");
}
