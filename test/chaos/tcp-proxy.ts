import { connect, createServer, type Socket } from "node:net";

/** What happens to bytes on their way; to all connections, open ones too, from the moment it is set. */
export type ProxyFault =
  | { kind: "none" }
  /** Each piece arrives this much later. */
  | { kind: "delay"; ms: number }
  /** Open connections are reset, new ones at once. */
  | { kind: "cut" }
  /** Connections stay open and nothing arrives, as behind a cable that was pulled. */
  | { kind: "half-open" }
  /** One byte at a time. */
  | { kind: "drip"; everyMs: number };

export type TcpProxy = {
  port: number;
  set(fault: ProxyFault): void;
  /** Sends new connections to another port; open ones stay where they are. */
  retarget(port: number): void;
  close(): Promise<void>;
};

type Link = { client: Socket; server: Socket };

/** Sends the pieces of one direction one after the other, each with the fault of its time. */
const forward = (from: Socket, to: Socket, faultNow: () => ProxyFault): void => {
  const send = async (piece: Buffer): Promise<void> => {
    const fault = faultNow();
    if (fault.kind === "half-open" || to.destroyed) return;
    if (fault.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault.kind !== "drip") return void to.write(piece);
    for (const byte of piece) {
      if (to.destroyed) return;
      to.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, fault.everyMs));
    }
  };
  let sending: Promise<void> = Promise.resolve();
  from.on("data", (piece: Buffer) => void (sending = sending.then(() => send(piece))));
  from.on("end", () => void sending.then(() => to.end()));
  // A reset of one side is handed on to the other; "close" follows.
  from.on("error", () => to.resetAndDestroy());
  from.on("close", () => void sending.then(() => to.destroySoon()));
};

/** A proxy on loopback between a process and a server on this machine, that does what networks do. */
export const startTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let target = targetPort;
  let fault: ProxyFault = { kind: "none" };
  const links = new Set<Link>();
  const listener = createServer((client) => {
    if (fault.kind === "cut") {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: target, host: "127.0.0.1", noDelay: true });
    client.setNoDelay(true);
    const link = { client, server };
    links.add(link);
    client.on("close", () => links.delete(link));
    forward(client, server, () => fault);
    forward(server, client, () => fault);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("A listening proxy has a port.");
  const resetAll = (): void => {
    for (const { client, server } of links) {
      client.resetAndDestroy();
      server.destroy();
    }
  };
  return {
    port: address.port,
    set: (next) => {
      fault = next;
      if (next.kind === "cut") resetAll();
    },
    retarget: (port) => void (target = port),
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        resetAll();
      }),
  };
};
