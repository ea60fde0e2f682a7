import { describe, expect, it } from "vitest";
import { readServerConfig } from "./server-config";

const places = { root: "/program", cwd: "/home/me" };
const read = (env: Record<string, string>) => readServerConfig(env, places);

describe("readServerConfig", () => {
  it("listens on this machine only when nothing is set, or set to nothing", () => {
    const usual = {
      port: 3000,
      host: "127.0.0.1",
      dataDir: "/program/data",
      token: undefined,
      allowedHosts: [],
      trustProxy: false,
      basePath: "",
      keepDays: undefined,
    };
    expect(read({})).toEqual({ ok: true, value: usual });
    const names = [
      "PORT",
      "HOST",
      "EYEPIECE_DATA",
      "EYEPIECE_TOKEN",
      "EYEPIECE_ALLOWED_HOSTS",
      "EYEPIECE_TRUST_PROXY",
      "EYEPIECE_KEEP_DAYS",
    ];
    expect(read(Object.fromEntries(names.map((name) => [name, " "])))).toEqual({ ok: true, value: usual });
  });

  it("reads every variable", () => {
    const env = {
      PORT: "8080",
      HOST: "0.0.0.0",
      EYEPIECE_DATA: "logs",
      EYEPIECE_TOKEN: "secret",
      EYEPIECE_ALLOWED_HOSTS: "Flows.Example.com, 10.0.0.5:8080,[2001:db8::1]",
      EYEPIECE_TRUST_PROXY: "true",
      EYEPIECE_BASE_PATH: "/tools/flows/",
    };
    expect(read(env)).toEqual({
      ok: true,
      value: {
        port: 8080,
        host: "0.0.0.0",
        dataDir: "/home/me/logs",
        token: "secret",
        allowedHosts: [
          { name: "flows.example.com", port: undefined },
          { name: "10.0.0.5", port: 8080 },
          { name: "2001:db8::1", port: undefined },
        ],
        trustProxy: true,
        basePath: "/tools/flows",
      },
    });
  });

  it.each(["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])("needs no token on %s", (host) => {
    expect(read({ HOST: host }).ok).toBe(true);
  });

  it.each([
    "0.0.0.0",
    "::",
    "192.168.1.5",
    "flows.example.com",
    "127.evil.example",
    "localhost.evil.example",
  ])("needs a token on %s", (host) => {
    expect(read({ HOST: host })).toMatchObject({ ok: false, failure: { code: "token_needed" } });
    expect(read({ HOST: host, EYEPIECE_TOKEN: "  " }).ok).toBe(false);
    expect(read({ HOST: host, EYEPIECE_TOKEN: "secret" }).ok).toBe(true);
  });

  it.each([
    ["PORT", "70000", "PORT must be a number"],
    ["PORT", "80a", "PORT must be a number"],
    ["EYEPIECE_ALLOWED_HOSTS", "ok,https://flows", '"https://flows" is not a host name'],
    ["EYEPIECE_TRUST_PROXY", "maybe", "EYEPIECE_TRUST_PROXY must be 1 or 0"],
    ["EYEPIECE_BASE_PATH", "flows", "EYEPIECE_BASE_PATH must be a path"],
    ["EYEPIECE_BASE_PATH", "//evil", "EYEPIECE_BASE_PATH must be a path"],
  ])("refuses %s=%s with a sentence", (name, value, sentence) => {
    const result = read({ [name]: value });
    expect(result).toMatchObject({ ok: false, failure: { code: "environment_invalid" } });
    expect(result.ok ? "" : result.failure.message).toContain(sentence);
  });
});
