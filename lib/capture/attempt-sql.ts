/** From a flow to its attempt, in SQL. */

import { PROTOCOL_NUMBER } from "@/lib/insight/attempt-kind";

const NUMBERS = Object.entries(PROTOCOL_NUMBER)
  .map(([name, number]) => `WHEN '${name}' THEN ${number}`)
  .join(" ");

/**
 * An expression: the id (Attempt.id) of the piece that a flow belongs to, open already or not; NULL for a flow without
 * addresses, ports or time. `flow` is the name of a table or alias with the columns of Flow.
 */
export function attemptOfFlow(flow: string): string {
  const towards = attemptBetween(flow, ["source", "destination"]);
  const back = attemptBetween(flow, ["destination", "source"]);
  return `coalesce(${towards}, ${back})`;
}

type End = "source" | "destination";

/** By the index on client and time; of two that touch, the later one. */
function attemptBetween(flow: string, [client, server]: readonly [End, End]): string {
  const address = (end: End): string => `(SELECT addressId FROM Endpoint WHERE id = ${flow}.${end}Id)`;
  return `(SELECT id FROM Attempt
    WHERE clientAddressId = ${address(client)} AND clientPort = ${flow}.${client}Port AND firstNs <= ${flow}.timeNs
      AND lastNs >= ${flow}.timeNs AND serverPort = ${flow}.${server}Port AND serverAddressId = ${address(server)}
      AND protocol = (SELECT CASE protocol ${NUMBERS} END FROM Kind WHERE id = ${flow}.kindId)
    ORDER BY firstNs DESC LIMIT 1)`;
}
