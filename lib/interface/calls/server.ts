/** The server itself. */

import { z } from "zod";
import { METRICS_TYPE } from "@/lib/http/prometheus";
import { call, jsonAnswer } from "../call";

const healthSchema = z.object({ status: z.enum(["ok", "stopping"]) });

export const serverCalls = {
  health: call({
    method: "GET",
    address: "/health",
    does: "Whether the server answers",
    answers: { 200: jsonAnswer(healthSchema, "It does.") },
  }),
  metrics: call({
    method: "GET",
    address: "/metrics",
    does: "Numbers for operators, as Prometheus reads them",
    answers: { 200: { kind: "text", types: [METRICS_TYPE], says: "The numbers." } },
  }),
  openApi: call({
    method: "GET",
    address: "/openapi.json",
    does: "This interface as an OpenAPI 3.1 document",
    answers: { 200: jsonAnswer(z.looseObject({ openapi: z.literal("3.1.0") }), "The document.") },
  }),
};
