import autocannon from "autocannon";

export type Request = { method: "GET" | "POST"; path: string; headers: Record<string, string>; body?: string };

export type Load = { requestsPerSecond: number; latenciesMs: { p50: number; p97: number } };

/**
 * Sends the same request over kept-alive connections for so long, as fast as it is answered.
 * @throws where an answer is no success: its speed would mean nothing.
 */
export const drive = async (
  url: string,
  request: Request,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> => {
  const { path, ...rest } = request;
  const result = await autocannon({ url: `${url}${path}`, ...rest, connections, duration: seconds });
  if (result.non2xx + result.errors > 0 || result["2xx"] === 0) {
    throw new Error(
      `${request.method} ${path}: ${result["2xx"]} answered, ${result.non2xx} refused, ${result.errors} failed`,
    );
  }
  const { average, sent } = result.requests;
  return {
    requestsPerSecond: average === 0 ? sent / seconds : average,
    latenciesMs: { p50: result.latency.p50, p97: result.latency.p97_5 },
  };
};
