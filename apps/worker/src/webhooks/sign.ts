import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

export type SignedMessage = { messageId: string; body: string; secrets: readonly string[] };

/** The headers of Standard Webhooks 1.0: one signature a secret, over id, second and body. */
export const signedHeaders = (
  { messageId, body, secrets }: SignedMessage,
  timestampSeconds: number,
): Record<string, string> => {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${messageId}.${timestampSeconds}.${body}`).digest("base64")}`;
  });
  return {
    "content-type": "application/json",
    "webhook-id": messageId,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": signatures.join(" "),
  };
};
