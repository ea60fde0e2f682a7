"use client";

import { useSyncExternalStore } from "react";
import { type Upload, uploadStore } from "./uploads";

const NONE: readonly Upload[] = [];

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(uploadStore.subscribe, uploadStore.read, () => NONE);
}
