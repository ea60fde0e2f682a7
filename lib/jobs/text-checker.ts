/**
 * Looks through captures of the data folder that may have been changed outside this program, in a process of its own: over a text
 * that is no UTF-8 the driver ends the process that reads it, and that must not be the server.
 */

import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { projectRoot } from "@/lib/base/project-root";
import type { TextAnswer } from "./import-worker";

export class TextChecker {
  private child: ChildProcess | undefined;

  /** What is wrong with the file; undefined when nothing is, or SQLite will say it itself. One at a time. */
  check(file: string): Promise<string | undefined> {
    const child = this.child ?? this.start();
    return new Promise((resolve) => {
      const onAnswer = ({ damage }: TextAnswer): void => end(damage);
      const onExit = (): void => {
        this.child = undefined;
        end("reading its texts ends the process that does so");
      };
      const end = (damage: string | undefined): void => {
        child.off("message", onAnswer).off("exit", onExit);
        resolve(damage);
      };
      child.on("message", onAnswer).on("exit", onExit);
      child.send({ work: "texts", file });
    });
  }

  private start(): ChildProcess {
    this.child = fork(path.join(projectRoot(), "build", "import-worker.mjs"), {
      execArgv: ["--max-old-space-size=256"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    return this.child;
  }

  close(): void {
    if (this.child?.connected) this.child.disconnect();
    this.child = undefined;
  }
}
