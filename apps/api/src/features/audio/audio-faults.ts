import { AppError } from "@phonoscene/kernel";
import { type AddressPolicy, OutboundError, parseOutboundUrl } from "@phonoscene/outbound";

/** What is wrong with a URL as far as that shows without asking anybody, or null. */
export const audioUrlFaultOf = (url: string, isAllowed: AddressPolicy): string | null => {
  try {
    parseOutboundUrl(url, { isAllowed });
    return null;
  } catch (error) {
    if (error instanceof OutboundError) return error.message;
    throw error;
  }
};

/** The refusal of a body for the sake of one field. */
export const audioFault = (field: "audioUrl" | "audioId", code: string, message: string): AppError => {
  const path = `body.${field}`;
  return new AppError("request/invalid", { detail: `${path}: ${message}`, errors: [{ path, code, message }] });
};
