/** The thread that draws a pinned map: laying out hundreds of spots takes its time. */

import { parentPort, workerData } from "node:worker_threads";
import { drawPicture, type PictureOrder } from "./picture";

parentPort?.postMessage(drawPicture(workerData as PictureOrder));
