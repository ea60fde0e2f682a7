/** The listening socket, and how it is closed without cutting off requests. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fail, ok, type Result } from "@/lib/base/result";

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpServer {
  readonly server: Server;
  /** Names the handler; requests that came before are answered now. */
  open(handler: RequestHandler): void;
  /**
   * Takes no new connections, waits until the open requests are answered, at most `graceMs`, then
   * ends what is left. Answers how many requests were cut off.
   */
  close(graceMs: number): Promise<number>;
}

const hangUp: RequestHandler = async (_request, response) => {
  response.destroy();
};

export function createHttpServer(): HttpServer {
  let open = (_handler: RequestHandler) => {};
  const opened = new Promise<RequestHandler>((resolve) => {
    open = resolve;
  });
  const underway = new Set<ServerResponse>();
  let isClosing = false;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    underway.add(response);
    response.once("close", () => underway.delete(response));
    if (isClosing) response.setHeader("connection", "close");
    const handler = await opened;
    await handler(request, response);
  };
  const server = createServer({
    // An upload may take hours; Node would end it after five minutes.
    requestTimeout: 0,
    headersTimeout: 60_000,
    // Longer than the minute for which proxies keep theirs, else one may send into a closed connection.
    keepAliveTimeout: 75_000,
  });
  server.on("request", handle);
  // With a listener of its own, "Expect: 100-continue" waits for the guard before the body is sent.
  server.on("checkContinue", handle);
  return {
    server,
    open,
    async close(graceMs) {
      isClosing = true;
      open(hangUp);
      server.close();
      const end = performance.now() + graceMs;
      while (underway.size > 0 && performance.now() < end) {
        server.closeIdleConnections();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const cut = underway.size;
      server.closeAllConnections();
      return cut;
    },
  };
}

/** Answers the port, which the system chooses for 0. Codes: `port_in_use`, `cannot_listen`. */
export function listen(server: Server, host: string, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(listenFailure(error, host, port)));
    server.listen({ host, port }, () => {
      server.removeAllListeners("error");
      resolve(ok((server.address() as AddressInfo).port));
    });
  });
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): Result<number> {
  const hint = `Choose another with PORT, for example PORT=${port === 3000 ? 3001 : 3000} npm start.`;
  if (error.code === "EADDRINUSE")
    return fail("port_in_use", `Port ${port} on ${host} is in use by another program.`, hint);
  if (error.code === "EACCES")
    return fail("cannot_listen", `Port ${port} may only be used by the system's administrator.`, hint);
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    return fail(
      "cannot_listen",
      `HOST=${host} is no address of this machine.`,
      "Use 127.0.0.1, or 0.0.0.0 for all addresses.",
    );
  }
  return fail("cannot_listen", `Cannot listen on ${host}:${port}: ${error.message}`);
}
