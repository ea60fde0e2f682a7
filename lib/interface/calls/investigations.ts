/** Saved cases and what is pinned in them. */

import { z } from "zod";
import {
  investigationChangeSchema,
  investigationEntrySchema,
  investigationSchema,
  newInvestigationSchema,
} from "@/lib/investigations/investigation";
import { pinPictureSchema, pinReportSchema } from "@/lib/report/pin-report-answer";
import { call, captureIdSchema, jsonAnswer, OF_A_CAPTURE, OF_A_SCOPE } from "../call";

export const investigationPath = z.object({
  investigationId: z.string().describe("Id of an investigation, as `GET /investigations` lists it."),
});

export const pinPart = {
  pinId: z
    .string()
    .regex(/^[a-z0-9]{8,32}$/)
    .describe("`id` of a pin."),
};

export const UNREADABLE = ["investigation_newer", "investigation_damaged"] as const;
const OF_A_PIN = [...OF_A_CAPTURE, "capture_busy", "revision_not_found", "too_large", "disk_full"] as const;

export const investigationCalls = {
  createInvestigation: call({
    method: "POST",
    address: "/investigations",
    does: "Saves a new investigation",
    body: newInvestigationSchema,
    answers: { 201: jsonAnswer(investigationSchema, "The new investigation.") },
    errors: OF_A_PIN,
  }),
  listInvestigations: call({
    method: "GET",
    address: "/investigations",
    does: "Lists the investigations, last changed first",
    query: z.object({ capture: captureIdSchema.optional().describe("Only those of this capture.") }),
    answers: {
      200: jsonAnswer(z.object({ investigations: z.array(investigationEntrySchema) }), "At most 1000."),
    },
  }),
  importEvidence: call({
    method: "POST",
    address: "/investigations/import",
    does: "Takes in an evidence bundle, sent as the request's body",
    body: "raw",
    answers: {
      201: jsonAnswer(
        investigationSchema,
        "The investigation, over the capture that it was made of where that is here, else over one of the pinned records.",
      ),
      200: jsonAnswer(
        investigationSchema,
        "It was there before, or the same bundle was taken in: that investigation.",
      ),
    },
    errors: ["evidence_not_read", "upload_incomplete", "too_busy", ...UNREADABLE, ...OF_A_PIN],
  }),
  getEvidenceHtml: call({
    method: "GET",
    address: "/investigations/{investigationId}/html",
    does: "The investigation as one HTML file for people without an Eyepiece, at most 5 MiB",
    path: investigationPath,
    answers: { 200: { kind: "text", types: ["text/html"], says: "The file." } },
    errors: ["investigation_not_found", "pin_not_found", ...UNREADABLE],
  }),
  getEvidence: call({
    method: "GET",
    address: "/investigations/{investigationId}/bundle",
    does: "The investigation as a zip: the HTML file, the records behind each pin as they were received, and their digests",
    path: investigationPath,
    answers: { 200: { kind: "bytes", types: ["application/zip"], says: "The archive." } },
    errors: ["investigation_not_found", "pin_not_found", ...UNREADABLE, ...OF_A_SCOPE, "disk_full"],
  }),
  getInvestigation: call({
    method: "GET",
    address: "/investigations/{investigationId}",
    does: "One investigation with its pins",
    path: investigationPath,
    answers: { 200: jsonAnswer(investigationSchema, "The investigation.") },
    errors: ["investigation_not_found", ...UNREADABLE],
  }),
  changeInvestigation: call({
    method: "PATCH",
    address: "/investigations/{investigationId}",
    does: "Changes an investigation: what is given is replaced",
    path: investigationPath,
    body: investigationChangeSchema,
    answers: { 200: jsonAnswer(investigationSchema, "The investigation as it is now.") },
    errors: ["investigation_not_found", "investigation_changed", ...UNREADABLE, ...OF_A_PIN],
  }),
  getPinReport: call({
    method: "GET",
    address: "/investigations/{investigationId}/pins/{pinId}",
    does: "What a pin shows, as blocks of a report, and whether it is what was saved",
    path: investigationPath.extend(pinPart),
    answers: { 200: jsonAnswer(pinReportSchema, "The report; `failure` says why it is empty.") },
    errors: ["investigation_not_found", "pin_not_found", ...UNREADABLE],
  }),
  getPinPicture: call({
    method: "GET",
    address: "/investigations/{investigationId}/pins/{pinId}/picture",
    does: "A pinned map as a picture",
    path: investigationPath.extend(pinPart),
    answers: { 200: jsonAnswer(pinPictureSchema, "The picture, at most 1 MiB.") },
    errors: ["investigation_not_found", "pin_not_found", ...UNREADABLE],
  }),
  deleteInvestigation: call({
    method: "DELETE",
    address: "/investigations/{investigationId}",
    does: "Deletes an investigation, and the copies of revisions that only it showed",
    path: investigationPath,
    answers: { 204: { kind: "empty", says: "It is gone." } },
    errors: ["investigation_not_found"],
  }),
};
