/** Links by which people without the server's token read one investigation. */

import { z } from "zod";
import {
  madeShareSchema,
  newShareSchema,
  sharedInvestigationSchema,
  sharesSchema,
} from "@/lib/investigations/share";
import { pinPictureSchema, pinReportSchema } from "@/lib/report/pin-report-answer";
import { call, jsonAnswer } from "../call";
import { investigationPath, pinPart, UNREADABLE } from "./investigations";

const OF_A_CASE = ["investigation_not_found", ...UNREADABLE] as const;
const OF_A_VISITOR = ["share_not_found", "share_closed", "passphrase_needed", ...OF_A_CASE] as const;

const sharedPath = z.object({
  token: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe("The token of a share, as `POST …/shares` told it."),
});

export const shareCalls = {
  createShare: call({
    method: "POST",
    address: "/investigations/{investigationId}/shares",
    does: "Makes a link by which people without the server's token read the investigation",
    path: investigationPath,
    body: newShareSchema,
    answers: { 201: jsonAnswer(madeShareSchema, "The link's token, told this once.") },
    errors: OF_A_CASE,
  }),
  listShares: call({
    method: "GET",
    address: "/investigations/{investigationId}/shares",
    does: "The links to an investigation and who opened them, newest first",
    path: investigationPath,
    answers: { 200: jsonAnswer(sharesSchema, "The links, withdrawn and expired ones too.") },
    errors: OF_A_CASE,
  }),
  deleteShare: call({
    method: "DELETE",
    address: "/investigations/{investigationId}/shares/{shareId}",
    does: "Withdraws a link at once; one that is closed already is removed with its log",
    path: investigationPath.extend({
      shareId: z.string().describe("Id of a share, as the list of them has it."),
    }),
    answers: { 204: { kind: "empty", says: "The link is closed, or gone." } },
    errors: ["share_not_found"],
  }),
  getShared: call({
    method: "GET",
    address: "/shared/{token}",
    does: "The investigation that a link shows, for whoever has the link",
    path: sharedPath,
    answers: { 200: jsonAnswer(sharedInvestigationSchema, "What a visitor may read.") },
    errors: OF_A_VISITOR,
  }),
  getSharedPin: call({
    method: "GET",
    address: "/shared/{token}/pins/{pinId}",
    does: "What a pin of a shared investigation shows",
    path: sharedPath.extend(pinPart),
    answers: { 200: jsonAnswer(pinReportSchema, "As for the owner, without filters.") },
    errors: [...OF_A_VISITOR, "pin_not_found"],
  }),
  getSharedPicture: call({
    method: "GET",
    address: "/shared/{token}/pins/{pinId}/picture",
    does: "A pinned map of a shared investigation as a picture",
    path: sharedPath.extend(pinPart),
    answers: { 200: jsonAnswer(pinPictureSchema, "As for the owner.") },
    errors: [...OF_A_VISITOR, "pin_not_found"],
  }),
};
