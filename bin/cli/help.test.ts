import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { helpFor } from "./help.mjs";

it.each([
  ["--help", "Eyepiece opens exported Hubble flow logs"],
  ["-h", "Eyepiece opens exported Hubble flow logs"],
  ["help ingest", "eyepiece ingest PATH..."],
  ["help serve", "eyepiece serve [--port N]"],
  ["ingest --help", "eyepiece ingest PATH..."],
  ["ingest a.json --name x -h", "eyepiece ingest PATH..."],
  ["serve -h", "eyepiece serve [--port N]"],
  ["backup /x --help", "eyepiece backup FOLDER"],
  ["help backup", "eyepiece backup FOLDER"],
])("%s prints help", (args, start) => {
  expect(helpFor(args.split(" "))?.startsWith(start)).toBe(true);
});

it.each(["--version", "-V"])("%s prints the version of the package", (word) => {
  const text = readFileSync(path.resolve(import.meta.dirname, "../../package.json"), "utf8");
  expect(helpFor([word])).toBe(`${JSON.parse(text).version}\n`);
});

it.each(["", "serve", "ingest help", "ingest a.json", "observe --help"])("%s asks for none", (args) => {
  expect(helpFor(args.split(" "))).toBeUndefined();
});
