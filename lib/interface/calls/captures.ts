/** Captures, the files in them, and what was read of those. */

import { z } from "zod";
import {
  captureAnswerSchema,
  captureSchema,
  fileReportSchema,
  progressEventSchema,
} from "@/lib/questions/answers";
import { reportAnswerSchema } from "@/lib/questions/report/answer";
import { call, capturePath, jsonAnswer, OF_A_CAPTURE, revisionQuery } from "../call";

const captureName = z.object({ name: z.string().trim().min(1).max(200) });

const filePath = capturePath.extend({
  fileName: z
    .string()
    .describe(
      "1 to 255 characters, percent-encoded: a label, never a path. To read or delete: the file's number.",
    ),
});

export const captureCalls = {
  createCapture: call({
    method: "POST",
    address: "/captures",
    does: "Makes an empty capture",
    body: captureName,
    answers: { 201: jsonAnswer(captureSchema, "The new capture.") },
    errors: ["too_large", "disk_full"],
  }),
  listCaptures: call({
    method: "GET",
    address: "/captures",
    does: "Lists the captures, newest first",
    answers: { 200: jsonAnswer(z.object({ captures: z.array(captureSchema) }), "All captures.") },
  }),
  openSample: call({
    method: "POST",
    address: "/captures/sample",
    does: "Opens the sample capture, which is made when it is not there yet",
    answers: { 201: jsonAnswer(captureSchema, "The sample capture.") },
    errors: ["disk_full"],
  }),
  importCapture: call({
    method: "POST",
    address: "/captures/import",
    does: "Takes in a capture that was exported as a file, sent as the request's body",
    query: z.object({
      name: z.string().trim().min(1).max(200).optional().describe("Its name here; else the one that it has."),
    }),
    body: "raw",
    answers: { 201: jsonAnswer(captureSchema, "The capture, under its own id where that is free.") },
    errors: [
      "capture_not_read",
      "capture_newer_than_program",
      "upload_incomplete",
      "disk_full",
      "too_busy",
      "capture_not_found",
    ],
  }),
  exportCapture: call({
    method: "GET",
    address: "/captures/{captureId}/file",
    does: "The capture as one SQLite file, as it is now",
    path: capturePath,
    answers: { 200: { kind: "bytes", types: ["application/vnd.sqlite3"], says: "The file." } },
    errors: [...OF_A_CAPTURE, "capture_busy", "disk_full"],
  }),
  getCapture: call({
    method: "GET",
    address: "/captures/{captureId}",
    does: "One capture with its files",
    path: capturePath,
    answers: { 200: jsonAnswer(captureAnswerSchema, "The capture, and the report of each file.") },
    errors: OF_A_CAPTURE,
  }),
  renameCapture: call({
    method: "PATCH",
    address: "/captures/{captureId}",
    does: "Renames a capture",
    path: capturePath,
    body: captureName,
    answers: { 200: jsonAnswer(captureSchema, "The capture under its new name.") },
    errors: [...OF_A_CAPTURE, "too_large"],
  }),
  deleteCapture: call({
    method: "DELETE",
    address: "/captures/{captureId}",
    does: "Deletes a capture and its file, and gives the disk space back",
    path: capturePath,
    answers: { 204: { kind: "empty", says: "It is gone." } },
    errors: [...OF_A_CAPTURE, "capture_pinned"],
  }),
  putFile: call({
    method: "PUT",
    address: "/captures/{captureId}/files/{fileName}",
    does: "Adds a file, sent as the request's body, plain or compressed",
    path: filePath,
    query: z.object({
      wait: z.enum(["true", "false"]).optional().describe("Answer when the file has been read to its end."),
    }),
    body: "raw",
    answers: {
      200: jsonAnswer(fileReportSchema, "With `wait=true`: the report, when the file is done."),
      202: jsonAnswer(fileReportSchema, "The file's state, when its last byte has arrived."),
    },
    errors: [...OF_A_CAPTURE, "upload_incomplete", "format_unknown", "file_not_found", "disk_full"],
  }),
  getFile: call({
    method: "GET",
    address: "/captures/{captureId}/files/{fileName}",
    does: "The report of one file; the last part is its number",
    path: filePath,
    answers: { 200: jsonAnswer(fileReportSchema, "What was read of it so far, or in all.") },
    errors: [...OF_A_CAPTURE, "file_not_found"],
  }),
  deleteFile: call({
    method: "DELETE",
    address: "/captures/{captureId}/files/{fileName}",
    does: "Cancels a file on its way, removes a finished one; the last part is its number",
    path: filePath,
    answers: { 204: { kind: "empty", says: "It is cancelled or removed." } },
    errors: [...OF_A_CAPTURE, "file_not_found"],
  }),
  progress: call({
    method: "GET",
    address: "/captures/{captureId}/progress",
    does: "Server-sent events about the files on their way, at most four a second",
    path: capturePath,
    answers: {
      200: { kind: "events", schema: progressEventSchema, says: "A message at once, then on every change." },
    },
    errors: OF_A_CAPTURE,
  }),
  report: call({
    method: "GET",
    address: "/captures/{captureId}/report",
    does: "What was read, refused, lost and left out, and what cannot be concluded from it",
    path: capturePath,
    query: revisionQuery,
    answers: { 200: jsonAnswer(reportAnswerSchema, "The report of the whole capture.") },
    errors: [...OF_A_CAPTURE, "revision_not_found"],
  }),
};
