/** Copies of captures in which chosen values are masked. */

import { z } from "zod";
import { newRedactionSchema, redactionSchema } from "@/lib/redaction/redaction";
import { call, capturePath, jsonAnswer, OF_A_CAPTURE } from "../call";
import { UNREADABLE } from "./investigations";

const redactionPath = z.object({
  redactionId: z.string().describe("Id of a masked copy on its way, as `GET /redactions` lists it."),
});

export const redactionCalls = {
  createRedaction: call({
    method: "POST",
    address: "/captures/{captureId}/redactions",
    does: "Makes a copy of a capture in which chosen values are masked",
    path: capturePath,
    query: z.object({
      wait: z.enum(["true", "false"]).optional().describe("Answer when the copy is there, or refused."),
    }),
    body: newRedactionSchema,
    answers: {
      202: jsonAnswer(redactionSchema, "The copy on its way."),
      200: jsonAnswer(redactionSchema, "With `wait=true`: the copy as it ended."),
    },
    errors: [
      ...OF_A_CAPTURE,
      "capture_busy",
      "investigation_not_found",
      ...UNREADABLE,
      "too_busy",
      "redaction_leaks",
      "scope_too_wide",
      "disk_full",
      "too_large",
    ],
  }),
  listRedactions: call({
    method: "GET",
    address: "/redactions",
    does: "Lists masked copies on their way and lately ended ones, newest first",
    answers: { 200: jsonAnswer(z.object({ redactions: z.array(redactionSchema) }), "At most 50.") },
  }),
  getRedaction: call({
    method: "GET",
    address: "/redactions/{redactionId}",
    does: "One masked copy on its way",
    path: redactionPath,
    answers: { 200: jsonAnswer(redactionSchema, "How far it is.") },
    errors: ["redaction_not_found"],
  }),
  deleteRedaction: call({
    method: "DELETE",
    address: "/redactions/{redactionId}",
    does: "Cancels a masked copy on its way; forgets one that has ended, whose capture stays",
    path: redactionPath,
    answers: { 204: { kind: "empty", says: "It is cancelled or forgotten." } },
    errors: ["redaction_not_found"],
  }),
};
