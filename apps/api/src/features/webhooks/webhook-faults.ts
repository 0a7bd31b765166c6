import { AppError } from "@phonoscene/kernel";
import { type AddressPolicy, OutboundError, parseSecureUrl } from "@phonoscene/outbound";

export const webhookNotFound = (): AppError =>
  new AppError("webhook/not-found", {
    detail: "There is no such webhook among yours: it was never there, or it was deleted.",
  });

export const deliveryNotFound = (): AppError =>
  new AppError("webhook/delivery-not-found", {
    detail:
      "There is no such delivery of this webhook: it was never there, its task was deleted, or it is past 30 days.",
  });

export const webhookDisabled = (): AppError =>
  new AppError("webhook/disabled", {
    detail: 'The webhook is disabled, so nothing is sent: PATCH it with {"status": "enabled"} first.',
  });

/** @throws AppError "request/invalid" that says what is wrong with the URL, as far as that shows without asking anybody. */
export const checkWebhookUrl = (url: string, isAllowed: AddressPolicy): void => {
  try {
    parseSecureUrl(url, isAllowed);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const path = "body.url";
    throw new AppError(
      "request/invalid",
      { detail: `${path}: ${error.message}`, errors: [{ path, code: "custom", message: error.message }] },
      { cause: error },
    );
  }
};
