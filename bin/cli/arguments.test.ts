import { describe, expect, it } from "vitest";
import { parseArguments } from "./arguments";

const parse = (line: string) => parseArguments(line === "" ? [] : line.split(" "));

describe("parseArguments", () => {
  const ingest = {
    kind: "ingest",
    paths: [],
    name: undefined,
    captureId: undefined,
    url: undefined,
    json: false,
  };
  const serve = { kind: "serve", port: undefined, host: undefined, data: undefined };

  it.each([
    ["serve", serve],
    ["serve --port 0 --host ::1 --data x", { ...serve, port: "0", host: "::1", data: "x" }],
    ["serve --port=65535", { ...serve, port: "65535" }],
    ["ingest a.log", { ...ingest, paths: ["a.log"] }],
    ["ingest -", { ...ingest, paths: ["-"] }],
    ["ingest b --name n a - --json", { ...ingest, paths: ["b", "a", "-"], name: "n", json: true }],
    ["ingest a --capture c1", { ...ingest, paths: ["a"], captureId: "c1" }],
    ["ingest a --url https://host:8443/base/", { ...ingest, paths: ["a"], url: "https://host:8443/base/" }],
    ["backup /mnt/copy", { kind: "backup", target: "/mnt/copy", data: undefined }],
    ["backup copy --data x", { kind: "backup", target: "copy", data: "x" }],
    ["ingest -- --name", { ...ingest, paths: ["--name"] }],
  ])("reads %s", (line, command) => {
    expect(parse(line)).toEqual({ ok: true, value: command });
  });

  it.each([
    ["", "Which command?"],
    ["backup", "Name one folder"],
    ["backup a b", "Name one folder"],
    ["backup a --data=", "--data needs a folder"],
    ["import a", 'no command "import"'],
    ["ingest", "Nothing to ingest"],
    ["ingest --json", "Nothing to ingest"],
    ["ingest - a -", "give - once"],
    ["ingest a --name n --capture c", "not both"],
    ["ingest a --name=", "--name needs 1 to 200 characters"],
    [`ingest a --name ${"n".repeat(201)}`, "--name needs 1 to 200 characters"],
    ["ingest a --capture=", "--capture needs"],
    ["ingest a --url 127.0.0.1:3000", "an address looks like"],
    ["ingest a --url file:///etc", "an address looks like"],
    ["ingest a --nmae n", "Unknown option '--nmae'."],
    ["ingest a --name", "--name"],
    ["serve extra", "extra"],
    ["serve --port 65536", "a port is a number"],
    ["serve --port -1", "--port"],
    ["serve --host=", "--host needs"],
    ["serve --data=", "--data needs"],
  ])("refuses %j with a sentence", (line, sentence) => {
    const parsed = parse(line);
    expect(parsed).toMatchObject({ ok: false, failure: { code: "usage" } });
    expect(parsed.ok ? "" : parsed.failure.message).toContain(sentence);
  });
});
