/** The thread that draws a pinned map: laying out hundreds of spots takes its time. */

import { parentPort, workerData } from "node:worker_threads";
import { standBehind } from "@/lib/base/thread-priority";
import { drawPicture, type PictureOrder } from "./picture";

standBehind("background");

parentPort?.postMessage(drawPicture(workerData as PictureOrder));
