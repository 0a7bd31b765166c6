import autocannon from "autocannon";

export type Request = { method: "GET" | "POST"; path: string; headers: Record<string, string>; body?: string };

/**
 * Requests a second: sends the same one over kept-alive connections for so long, as fast as it is answered.
 * @throws where an answer is no success: its speed would mean nothing.
 */
export const drive = async (
  url: string,
  request: Request,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<number> => {
  const { path, ...rest } = request;
  const result = await autocannon({ url: `${url}${path}`, ...rest, connections, duration: seconds });
  if (result.non2xx + result.errors > 0 || result["2xx"] === 0) {
    throw new Error(
      `${request.method} ${path}: ${result["2xx"]} answered, ${result.non2xx} refused, ${result.errors} failed`,
    );
  }
  return result.requests.average;
};
