// What Spectral demands of our OpenAPI document: all of `spectral:oas` and of the OWASP API rules, but for what is written here.
import type { RulesetDefinition } from "@stoplight/spectral-core";
import owaspModule from "@stoplight/spectral-owasp-ruleset";
import { oas } from "@stoplight/spectral-rulesets";

// It publishes a plain object; its types are those of its CommonJS build and of another version of the core.
const owasp = owaspModule as unknown as { rules: Record<string, object> };
const extended = [oas, owasp] as unknown as RulesetDefinition[];

/** A rule of the OWASP set, asked only where it makes sense. */
const only = (name: string, given: string): object => ({ ...owasp.rules[`owasp:${name}`], given });

const PROTECTED = "$.paths[*][?(@.security && @.security.length > 0)].responses";
const WITH_INPUT = "$.paths[*][?(@.parameters || @.requestBody)].responses";
const BUT_PROBES = "$.paths[?(!@property.match(/z$/))]..responses";

const isDefined = (value: unknown) => (value === undefined ? [{ message: "There is no `security` here" }] : []);

export const ruleset = {
  extends: extended,
  rules: {
    // No answer allows another origin, so none has the header that would.
    "owasp:api8:2023-define-cors-origin": "off",
    // Registering, logging in, refreshing and the probes are for those whom nobody knows yet. That every operation says who
    // may call it is asked below.
    "owasp:api2:2023-write-restricted": "off",
    "owasp:api2:2023-read-restricted": "off",
    "operation-says-security": {
      message: "Every operation says who may call it, if only `[]`: anybody.",
      severity: "error",
      given: "$.paths[*][get,post,patch,delete]",
      // oxlint-disable-next-line unicorn/no-thenable -- Spectral's own word for what a rule asks.
      then: { field: "security", function: isDefined },
    },
    // A 401 where a token is asked for; a 400 or 422 where there is something to get wrong; limits everywhere but on probes.
    "owasp:api8:2023-define-error-responses-401": only("api8:2023-define-error-responses-401", PROTECTED),
    "owasp:api8:2023-define-error-validation": only("api8:2023-define-error-validation", WITH_INPUT),
    "owasp:api4:2023-rate-limit-responses-429": only("api4:2023-rate-limit-responses-429", BUT_PROBES),
    "owasp:api4:2023-rate-limit": only("api4:2023-rate-limit", `${BUT_PROBES}[?(@property.match(/^(2|4)/))]`),
  },
};
